"""What the tests that did not pass mean for a change."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from tasks.core.finding import Finding, Severity
from tasks.core.junit import Case, Outcome, Suite
from tasks.core.render.escape import one_line
from tasks.core.report import Gap

MISSING = re.compile(r"No module named '([\w.]+)'")


def judged(
    suite: Suite, files: Collection[str], before: Collection[tuple[str, str]] = ()
) -> list[Finding | Gap]:
    """Return what the tests that did not pass mean for a tree of these files.

    Those in ``before`` did not pass at the base either. A test that cannot be found in the tree, or
    that wants a module the environment lacks, says nothing about the change: it is a gap.
    """
    return [
        _judgement(case, files, old=case.key in before)
        for case in suite.ended(Outcome.FAILED, Outcome.ERROR)
    ]


def _judgement(case: Case, files: Collection[str], *, old: bool) -> Finding | Gap:
    path = _path(case, files)
    called = one_line(case.name, 120)
    if not path:
        return Gap(who="pytest", why=f"{called} did not pass and is in no file of the tree")
    lacking = MISSING.search(case.text)
    if case.outcome is Outcome.ERROR and lacking and not _has(lacking[1], files):
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
        on_changed_line=not old,
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


def _has(module: str, files: Collection[str]) -> bool:
    """Return whether a module could be one of the tree's own."""
    top = module.split(".", maxsplit=1)[0]
    return any(top in {*PurePosixPath(file).parts, PurePosixPath(file).stem} for file in files)
