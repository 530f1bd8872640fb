"""deepsecrets: passwords, keys and tokens that were written down. What they are is never repeated.

Chosen by measurement, see docs/accuracy.md: of the tools in pure Python it is the precise one,
as long as what it calls INFO and LOW is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.analysers.probed import probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

NO_TEXT = {
    ".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".bmp", ".tiff", ".svg", ".pdf", ".woff",
    ".woff2", ".ttf", ".otf", ".eot", ".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".jar", ".whl",
    ".so", ".dll", ".dylib", ".exe", ".pyc", ".mo", ".mp3", ".mp4", ".wasm", ".parquet", ".npy",
}  # fmt: skip
HASHES = {"go.sum", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"}
"""Files full of digests, written by programs; so are those that end in ``.lock``."""

VARIABLE = {"S105", "S106"}
"""Rules that go by a variable's name and how its value looks."""

SURE = 9
"""The confidence, of 10, that deepsecrets calls VERY HIGH."""

NAMES = {
    "S105": "a random-looking value under the name of a secret",
    "S106": "a value under the name of a secret",
    "S107": "a comparison with a written-down secret",
}


def wants(path: str, first_line: str) -> bool:
    del first_line
    ending = suffix(path)
    generated = ending in {".lock", ".map"} or path.endswith((".min.js", ".min.css"))
    return ending not in NO_TEXT and not generated and PurePosixPath(path).name not in HASHES


def command(target: Target) -> list[str]:
    return probe("secrets", files=target.files)


def is_example(path: str) -> bool:
    """Return whether what looks like a secret here most often is none: tests, documentation."""
    parts = set(PurePosixPath(path).parts[:-1])
    named = not parts.isdisjoint({"docs", "doc", "examples", "example", "fixtures", "testdata"})
    return named or is_test(path) or suffix(path) in {".md", ".rst", ".adoc"}


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    def severity(item: dict[str, Any]) -> Severity:
        if is_example(target.paths.get(item["path"], "")):
            return Severity.WARNING
        if item["confidence"] < SURE:
            return Severity.WARNING
        return Severity.ERROR if item["rule"] in VARIABLE else Severity.CRITICAL

    for said in answers(output, "secrets", severity):
        if isinstance(said, Finding):
            kind = NAMES.get(said.rule.removeprefix("secrets/"), said.message)
            yield said.but(message=f"this looks like a secret: {kind}")
        else:
            yield said


ANALYSER = Analyser(
    name="secrets",
    step="security_scan",
    title="passwords, keys and tokens that were written down",
    url="https://github.com/ntoskernel/deepsecrets",
    distribution="deepsecrets",
    any_text=True,
    wants=wants,
    command=command,
    parse=parse,
)
