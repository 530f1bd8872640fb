"""Run the project's tests in the sandbox: which fail, and which changed lines none executes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tasks.analysers.contract import is_test
from tasks.core.coverage_report import (
    MOST_BYTES,
    coverage_fact,
    covered,
    read_coverage,
    uncovered_findings,
)
from tasks.core.failures import judged
from tasks.core.finding import Finding
from tasks.core.junit import MOST_BYTES as MOST_JUNIT
from tasks.core.junit import Outcome, Suite, read_suite
from tasks.core.render.escape import one_line
from tasks.core.report import Gap, Report, did_not_look
from tasks.environment import ENDS, NotUsableError, modules_of, not_ended, pytest_arguments
from tasks.interpreter import NoInterpreterError, project_interpreter
from tasks.process import Ended
from tasks.room import NoAnswerError, Room, opened
from tasks.sandbox import available
from tasks.steps import StepRun

LOOKED = frozenset({0, 1, 5})

RULES = """\
[run]
source = .
relative_files = true
disable_warnings =
  couldnt-parse
  module-not-imported
  module-not-measured
  no-data-collected
[report]
include_namespace_packages = true
ignore_errors = true
skip_empty = false
include =
{include}
"""
"""Our own settings of coverage: those of the reviewed tree could leave out what it adds."""

SAYABLE = re.compile(r"[\w./-]+")
"""Paths that are no pattern to coverage."""


def run_suite(run: StepRun) -> Report:
    """Run the tests of the head in its sandbox; say which fail and which lines none executes."""
    step = run.step.name
    try:
        interpreter = project_interpreter(run.policy.tests.python, run.change.repository)
    except NoInterpreterError as error:
        return did_not_look(step, str(error))
    if run.policy.tests.sandbox == "bubblewrap" and (why := available()):
        return did_not_look(step, why)
    with opened(run.change, "head", interpreter, run.policy.tests) as room:
        try:
            modules = modules_of(room, run)
            report = _look(run, room, modules)
        except NotUsableError as error:
            report = did_not_look(step, str(error))
    return report.but(used=(*report.used, room.use("pytest")))


def _look(run: StepRun, room: Room, modules: Iterable[str]) -> Report:
    """Run the tests and hold what they left against the change."""
    changed = {
        file.path: file.lines
        for file in run.change.looked_at
        if file.path.endswith(".py") and file.lines and not is_test(file.path)
    }
    include = "\n".join(f"  {path}" for path in changed if SAYABLE.fullmatch(path))
    rules = room.set_up("coveragerc", RULES.format(include=include or "  nothing"))
    data = f"--data-file={room.result}/coverage.data"
    measured = ["-m", "coverage", "run", f"--rcfile={rules}", data, "-m", "pytest"]
    ended = room.python(
        [*measured, *run.policy.tests.command, *pytest_arguments(room, modules)],
        seconds=run.seconds_left,
        stop=run.stop,
    )
    why = not_ended(ended)
    if why:
        return did_not_look(run.step.name, why)
    suite, said = _results(run, room, modules, ended)
    facts = [f"{suite} in {ended.seconds:.1f} s"]
    if room.left_out:
        facts.append(f"left out of the tree: {room.left_out} links or submodules")
    if changed and ended.exit_code in LOOKED:
        where = f"{room.result}/coverage.json"
        asked = ["-I", "-m", "coverage", "json", f"--rcfile={rules}", data, "-o", where]
        room.python(asked, seconds=run.seconds_left, stop=run.stop)
        more, fact = _coverage(run, room, changed)
        said += more
        facts += fact
    return Report(
        step=run.step.name,
        findings=tuple(one for one in said if isinstance(one, Finding)),
        gaps=tuple(one for one in said if isinstance(one, Gap)),
        facts=tuple(facts),
    )


def _results(
    run: StepRun, room: Room, modules: Iterable[str], ended: Ended
) -> tuple[Suite, list[Finding | Gap]]:
    """Return the tests, and what those that did not pass mean."""
    said: list[Finding | Gap] = []
    if ended.exit_code not in LOOKED:
        words = _words(ended)
        why = f"pytest ended with {ended.exit_code}, {ENDS[ended.exit_code]}: {words}"
        said.append(Gap(who="pytest", why=why))
    try:
        suite = read_suite(room.answer("junit.xml", MOST_JUNIT))
    except (NoAnswerError, ValueError) as error:
        if not said:
            said.append(
                Gap(who="pytest", why=f"its results cannot be read: {error} ({_words(ended)})")
            )
        return Suite(), said
    bad = suite.ended(Outcome.FAILED, Outcome.ERROR)
    if bool(bad) != (ended.exit_code == 1) and ended.exit_code in LOOKED:
        why = f"it ended with {ended.exit_code}, but {len(bad)} tests did not pass"
        said.append(Gap(who="pytest", why=why))
    before = _at_the_base(run, room, modules, suite) if bad else frozenset()
    return suite, said + judged(suite, room.files, before)


def _at_the_base(
    run: StepRun, head: Room, modules: Iterable[str], suite: Suite
) -> frozenset[tuple[str, str]]:
    """Return which tests do not pass at the base either, of the files that fail at the head."""
    failing = {case.file for case in suite.ended(Outcome.FAILED, Outcome.ERROR)}
    with opened(run.change, "base", head.interpreter, head.tests) as room:
        files = sorted(failing & room.files)
        if not files or run.seconds_left < 1:
            return frozenset()
        ended = room.python(
            ["-m", "pytest", *pytest_arguments(room, modules), "--", *files],
            seconds=run.seconds_left / 2,  # the head's coverage comes after it
            stop=run.stop,
        )
        head.used.extend(room.used)
        try:
            base = read_suite(room.answer("junit.xml", MOST_JUNIT))
        except (NoAnswerError, ValueError):
            return frozenset()
    if ended.exit_code not in LOOKED:
        return frozenset()
    return frozenset(case.key for case in base.ended(Outcome.FAILED, Outcome.ERROR))


def _coverage(
    run: StepRun, room: Room, changed: Mapping[str, Sequence[range]]
) -> tuple[list[Finding | Gap], list[str]]:
    """Return which changed lines no test executes, and how many do."""
    threshold = run.policy.coverage_threshold
    try:
        asked = any(SAYABLE.fullmatch(path) for path in changed)
        report = read_coverage(room.answer("coverage.json", MOST_BYTES)) if asked else {}
    except (NoAnswerError, ValueError) as error:
        why = f"its report cannot be read: {error}"
        return [Gap(who="coverage", why=why)], []
    result = covered(report, changed)
    gaps = [
        Gap(who="coverage", path=path, why="its report says nothing about it")
        for path in result.unknown
    ]
    return [*uncovered_findings(result, threshold), *gaps], [coverage_fact(result, threshold)]


def _words(ended: Ended) -> str:
    """Return what pytest said is wrong, or the last it said."""
    lines = [one for one in f"{ended.output}\n{ended.errors}".splitlines() if one.strip()]
    wrong = [one for one in lines if "error" in one.lower()]
    return one_line(" / ".join((wrong or lines)[-2:]) or "it said nothing", 300)
