"""bandit: the few checks on Python that ruff's security rules do not make, or make on less.

The rest it shares with ``ruff_security``, which is forty times as fast; saying it twice helps
nobody. ``settings: {tests: [B608, ...]}`` asks for others. Its own list of folders to leave out
hides files (``x.egg/``, ``__pycache__/``), and is replaced by one that matches nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

TESTS = ("B502", "B601", "B613", "B614", "B615")

QUOTES = {
    "B105": "a password seems to be written here",
    "B106": "a password seems to be an argument here",
    "B107": "a password seems to be a default here",
}
"""Checks whose own message repeats the password."""

SEVERITIES = {"HIGH": Severity.ERROR, "MEDIUM": Severity.WARNING, "LOW": Severity.INFO}


def command(target: Target) -> list[str]:
    tests = target.settings.get("tests", TESTS)
    names = ",".join(tests) if isinstance(tests, tuple) else str(tests)
    return [
        "bandit", "--quiet", "--format=json", "--ignore-nosec", "--exclude=/dev/null/nothing",
        f"--tests={names}", "--", *target.files,
    ]  # fmt: skip


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    answer = json.loads(output)
    unread = {error["filename"]: error["reason"] for error in answer["errors"]}
    for path, why in unread.items():
        yield Gap(who="bandit", path=path, why=f"{one_line(why)} (by the Python that runs bandit)")
    for path in sorted(set(target.files) - set(answer["metrics"]) - set(unread)):
        yield Gap(who="bandit", path=path, why="it was left out")
    for item in answer["results"]:
        if is_test(target.paths.get(item["filename"], "")):
            continue
        sure = item["issue_confidence"] != "LOW"
        line = item["line_number"]
        yield Finding(
            path=item["filename"],
            line=line,
            column=item["col_offset"] + 1,
            end_line=max(line, item["line_range"][-1]),
            rule=f"bandit/{item['test_id']}",
            severity=SEVERITIES.get(item["issue_severity"], Severity.INFO)
            if sure
            else Severity.INFO,
            message=QUOTES.get(item["test_id"]) or one_line(item["issue_text"]),
        )


ANALYSER = Analyser(
    name="bandit",
    step="security_scan",
    title="more code in Python that lets an attacker in",
    url="https://bandit.readthedocs.io/en/latest/plugins/",
    distribution="bandit",
    extra="security",
    looked=frozenset({0, 1}),  # 1: it found something
    wants=is_python,
    command=command,
    parse=parse,
)
