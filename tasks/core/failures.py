"""What the tests that did not pass mean for a change."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from tasks.core.finding import Finding, Severity
from tasks.core.junit import Case, Outcome, Suite
from tasks.core.render.escape import one_line
from tasks.core.report import Gap

MOST_LISTED = 500
"""Tests that did not pass and are listed one by one; those that passed at the base come first."""

MISSING = re.compile(r"No module named '([\w.]+)'")


def judged(
    suite: Suite, files: Collection[str], before: Collection[tuple[str, str]] = ()
) -> list[Finding | Gap]:
    """Return what the tests that did not pass mean for a tree of these files.

    Those in ``before`` did not pass at the base either. A test that cannot be found in the tree, or
    that wants a module the environment lacks, says nothing about the change: it is a gap.
    """
    bad = sorted(suite.ended(Outcome.FAILED, Outcome.ERROR), key=lambda case: case.key in before)
    modules = {part for file in files for part in PurePosixPath(file).with_suffix("").parts}
    said = [_judgement(case, files, modules, old=case.key in before) for case in bad[:MOST_LISTED]]
    if len(bad) > MOST_LISTED:
        why = f"{len(bad) - MOST_LISTED:,} more tests did not pass; they are not listed"
        said.append(Gap(who="pytest", why=why))
    return said


def _judgement(
    case: Case, files: Collection[str], modules: Collection[str], *, old: bool
) -> Finding | Gap:
    """Return what one test that did not pass means."""
    path = _path(case, files)
    called = one_line(case.name, 120)
    if not path:
        return Gap(who="pytest", why=f"{called} did not pass and is in no file of the tree")
    lacking = MISSING.search(case.text)
    if case.outcome is Outcome.ERROR and lacking and lacking[1].split(".")[0] not in modules:
        why = f"the environment has no module {lacking[1]}: install it there"
        return Gap(who="pytest", path=path, why=why)
    rule = "pytest/failed" if case.outcome is Outcome.FAILED else "pytest/error"
    also = " (it did not pass at the base either)" if old else ""
    return Finding(
        path=path,
        line=_line(case, path),
        rule=rule,
        severity=Severity.ERROR,
        message=f"{called}: {reason(case)}{also}",
        caused=not old,
    )


def reason(case: Case) -> str:
    """Return why a test did not pass: the first line of the last block of pytest's E lines."""
    found = ""
    before = False
    for line in case.text.splitlines():
        mark = line.startswith("E ")
        if mark and not before:
            found = line[1:].strip()
        before = mark
    first = case.message.strip().splitlines()
    return one_line(found or (first[0] if first else "it gave no reason"), 300)


def _path(case: Case, files: Collection[str]) -> str:
    """Return the file of the tree a test is in, or nothing."""
    named = PurePosixPath(case.file).as_posix() if case.file else ""
    if named in files:
        return named
    # A file that could not be imported is named by its module alone.
    parts = (case.class_name or case.name).split(".")
    for length in range(min(len(parts), 64), 0, -1):
        guess = "/".join(parts[:length]) + ".py"
        if guess in files:
            return guess
    return case.name if case.name in files else ""


def _line(case: Case, path: str) -> int:
    """Return the last line of the test's file in the traceback, or where the test begins."""
    seen = re.findall(rf"(?m)^(?:\S*/)?{re.escape(path)}:(\d{{1,7}}): ", case.text)
    return int(seen[-1]) if seen else case.line
