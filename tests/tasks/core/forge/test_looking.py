"""A thread may only be settled where somebody looked."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding
from tasks.core.forge.looking import looked
from tasks.core.report import Gap, Report, did_not_look
from tasks.core.verdict import Answer, Truncated, Verdict

FOUND = Finding(path="a.py", line=1, rule="t/R", severity="info", message="m")

VERDICT = Verdict(
    answer=Answer.PASSED,
    reports=(
        Report(step="clean"),
        Report(step="found", findings=(FOUND,)),
        Report(step="partly", gaps=(Gap(who="ruff", why="too big", path="a.py"),)),
        did_not_look("silent", "crashed"),
    ),
    truncated=(Truncated(path="big.bin", why="larger than 1 MB"),),
)


@pytest.mark.parametrize(
    ("step", "path", "answer"),
    [
        ("clean", "a.py", True),
        ("found", "a.py", True),
        ("partly", "a.py", False),
        ("partly", "b.py", True),
        ("silent", "a.py", False),
        ("left_out", "a.py", False),
        ("clean", "big.bin", False),
        ("silent", "reverted.py", True),
        ("", "a.py", False),
        ("", "b.py", False),
    ],
)
def test_a_step_looked_at_what_it_left_no_gap_at(step, path, answer):
    assert looked(VERDICT, ["a.py", "b.py", "big.bin"])(step, path) is answer


def test_without_a_step_all_of_them_must_have_looked():
    verdict = VERDICT.model_copy(update={"reports": VERDICT.reports[:3]})
    at = looked(verdict, ["a.py", "b.py"])
    assert at("", "b.py")
    assert not at("", "a.py")
