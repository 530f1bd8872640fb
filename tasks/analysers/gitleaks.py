"""gitleaks: a second look for secrets, where its binary is installed.

It takes one path (given two it looks at the working directory instead, and says "no leaks
found") and needs half a second for its rules: so it is given the folder that holds the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from posixpath import commonpath

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target
from tasks.analysers.secrets import is_example, wants
from tasks.core.finding import Finding, Severity

FOUND = 3  # of our choice: its own 1 also means that it failed


def command(target: Target) -> list[str]:
    where = [commonpath(target.files)] if target.files else []
    return [
        "gitleaks", "dir", "--no-banner", "--no-color", "--config=default.toml",
        "--gitleaks-ignore-path=.", "--ignore-gitleaks-allow", "--redact=100",
        f"--exit-code={FOUND}", "--report-format=json", "--report-path=-", "--", *where,
    ]  # fmt: skip


def parse(output: str, target: Target) -> Iterable[Finding]:
    asked = set(target.files)
    for item in json.loads(output):
        if item["File"] not in asked:
            continue  # it lies in the same folder
        example = is_example(target.paths.get(item["File"], ""))
        guess = item["RuleID"] == "generic-api-key"
        yield Finding(
            path=item["File"],
            line=item["StartLine"],
            rule=f"gitleaks/{item['RuleID']}",
            severity=Severity.WARNING if example or guess else Severity.CRITICAL,
            message=one_line(item["Description"]),
        )


ANALYSER = Analyser(
    name="gitleaks",
    step="security_scan",
    title="secrets, by gitleaks where its binary is installed",
    url="https://github.com/gitleaks/gitleaks",
    extra="gitleaks",  # no extra of ours brings it: it joins where somebody installed it
    looked=frozenset({0, FOUND}),
    any_text=True,
    whole=True,
    files={"default.toml": "[extend]\nuseDefault = true\n"},
    wants=wants,
    command=command,
    parse=parse,
)
