"""Ask the project's environment what it has, and tell its pytest how to answer."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tasks.core.render.escape import one_line
from tasks.process import Ended
from tasks.room import Room
from tasks.steps import StepRun

ENDS = {
    0: "all passed",
    1: "some did not pass",
    2: "it was interrupted",
    3: "it failed inside",
    4: "its arguments or the project's settings of it are wrong",
    5: "there are no tests",
}
"""https://docs.pytest.org/en/stable/reference/exit-codes.html."""

SIGNALLED = 128

PROBE = """
import importlib.util, json
names = "pytest", "coverage", "xdist", "pytest_cov", "pytest_benchmark"
print(json.dumps([name for name in names if importlib.util.find_spec(name)]))
"""


class NotUsableError(Exception):
    """The environment cannot run tests; the text says what to do."""


def modules_of(room: Room, run: StepRun) -> frozenset[str]:
    """Return which of the modules we use the project's environment has.

    Raises:
        NotUsableError: pytest or coverage are missing, or it does not start.
    """
    ended = room.python(["-I", "-c", PROBE], seconds=run.seconds_left, stop=run.stop)
    if ended.stopped:
        raise NotUsableError(not_ended(ended))
    try:
        modules = frozenset(json.loads(ended.output)) if ended.exit_code == 0 else None
    except (ValueError, TypeError):
        modules = None
    program = room.interpreter.program
    if modules is None:
        raise NotUsableError(f"{program} does not start: {one_line(ended.last_words, 200)}")
    lacking = [name for name in ("pytest", "coverage") if name not in modules]
    if lacking:
        raise NotUsableError(
            f"the environment of {program} has no {' and no '.join(lacking)}: install it there"
        )
    return modules


def pytest_arguments(room: Room, modules: Iterable[str]) -> list[str]:
    """Return the arguments by which pytest tells us, and only us, what happened.

    Coverage is measured around pytest: its own plugin would measure a second time,
    and workers of xdist would not be measured at all.
    """
    return [
        *("--continue-on-collection-errors", "--tb=short", "-q"),
        *("-o", "junit_family=xunit1", "-o", f"cache_dir={room.result}/cache"),
        f"--junitxml={room.result}/junit.xml",
        *(["--no-cov"] if "pytest_cov" in modules else []),
        *(["-n0"] if "xdist" in modules else []),
    ]


def not_ended(ended: Ended) -> str:
    """Return why a run of pytest has not come to an end of its own, or nothing."""
    if ended.stopped == "deadline":
        return f"the tests were ended after {ended.seconds:.0f} s, at their deadline"
    if ended.stopped:
        return "the review was stopped"
    if ended.signal:
        return f"the tests were killed ({ended.signal})"
    if ended.exit_code > SIGNALLED:  # as a shell says it, inside the sandbox
        return f"the tests were killed (signal {ended.exit_code - SIGNALLED})"
    if ended.exit_code not in ENDS:
        return f"pytest ended with {ended.exit_code}: {one_line(ended.last_words, 200)}"
    return ""
