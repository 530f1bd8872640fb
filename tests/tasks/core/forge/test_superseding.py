"""The run on the present head stays, whatever the order of arrival; nobody ends each other."""

from __future__ import annotations

import itertools
import random

import pytest

from tasks.core.forge.superseding import Decision, Ending, LiveRun, superseded

PARENTS = {"B": "A", "C": "B", "X": "A", "Y": "X"}
"""A - B - C, and beside it A - X - Y: what a force push leaves."""


def is_ancestor(old: str, new: str) -> bool:
    """Answer as ``git merge-base --is-ancestor`` does: a commit is its own ancestor."""
    while new != old:
        if new not in PARENTS:
            return False
        new = PARENTS[new]
    return True


def decide(mine: str, others: str, current: str) -> Decision:
    runs = [LiveRun(f"run-{head}", head) for head in (mine, *others)]
    return superseded(runs[0], runs[1:], current, is_ancestor)


@pytest.mark.parametrize("current", ["A", "", "Z"])
def test_who_is_alone_goes_on(current):
    assert decide("A", "", current) == Decision()


@pytest.mark.parametrize(
    ("mine", "others", "current", "by", "ended"),
    [
        # the head is current
        ("B", "A", "B", "", "A:B"),
        ("B", "C", "B", "", ""),  # C may be newer than what GitHub says
        ("B", "X", "B", "", "X:B"),
        ("X", "BC", "X", "", "B:X C:X"),  # force push
        ("A", "BC", "A", "", "B:C"),  # reset to an older commit, or GitHub lags behind
        # an ancestor of current
        ("A", "B", "B", "B", ""),
        ("A", "", "C", "C", ""),
        ("A", "B", "C", "C", ""),
        ("B", "A", "C", "C", ""),
        # descends from current: GitHub lags behind a webhook
        ("C", "B", "B", "", ""),
        ("C", "AB", "A", "", "B:C"),
        ("C", "X", "A", "", ""),
        # neither, and a run is on current
        ("B", "X", "X", "X", ""),
        ("Y", "BC", "C", "C", ""),
        # neither, and no run is on current
        ("B", "C", "X", "C", ""),
        ("C", "B", "X", "", "B:C"),
        ("C", "X", "Y", "", "X:Y"),
        ("B", "Y", "Z", "", ""),
        # current is not known
        ("A", "BC", "", "C", ""),
        ("A", "CB", "", "C", ""),
        ("C", "AB", "", "", "A:C B:C"),
        ("B", "X", "", "", ""),
        ("C", "AX", "", "", "A:C"),
    ],
)
def test_the_table(mine, others, current, by, ended):
    decision = decide(mine, others, current)
    assert (decision.mine.by if decision.mine else "") == by
    assert " ".join(f"{end.run[-1]}:{end.by}" for end in decision.others) == ended


@pytest.mark.parametrize("current", ["A", "", "Z"])
def test_of_two_on_the_same_head_both_stay(current):
    one, two = LiveRun("a", "A"), LiveRun("b", "A")
    assert superseded(one, [two], current, is_ancestor) == Decision()


def test_i_am_not_among_the_others():
    me = LiveRun("a", "A")
    assert superseded(me, [me], "A", is_ancestor) == Decision()


@pytest.mark.parametrize("current", ["A", ""])
def test_a_run_that_does_not_know_its_head_is_left_alone_and_leaves_alone(current):
    unknown, known = LiveRun("u", ""), LiveRun("a", "A")
    assert superseded(known, [unknown, LiveRun("v", "")], current, is_ancestor) == Decision()
    assert superseded(unknown, [known, LiveRun("v", "")], current, is_ancestor) == Decision()


def test_a_run_on_a_commit_that_is_not_known_here_is_left_alone():
    """Its commit may have been pushed after GitHub was asked for the present head."""
    asked = LiveRun("b", "B"), [LiveRun("n", "N"), LiveRun("a", "A")], "B"

    def known(old: str, new: str) -> bool | None:
        return None if "N" in {old, new} else is_ancestor(old, new)

    assert superseded(*asked, known) == Decision(others=(Ending("a", by="B"),))
    assert [end.run for end in superseded(*asked, is_ancestor).others] == ["n", "a"]
    assert superseded(LiveRun("n", "N"), [LiveRun("b", "B")], "B", known) == Decision()


def test_why_is_said_in_words():
    assert str(Ending("a", by="4f0c1a9b" * 5)) == "superseded by 4f0c1a9"


def test_all_agree_and_somebody_stays_unless_a_newer_head_is_there():
    chance = random.Random(3)  # noqa: S311 - the same every time
    for current, _ in itertools.product(["", *"ABCXYZ"], range(200)):
        heads = chance.choices("ABCXY", k=chance.randint(1, 6))
        runs = [LiveRun(f"r{n}", head) for n, head in enumerate(heads)]
        said = {
            run.run: superseded(run, [r for r in runs if r is not run], current, is_ancestor)
            for run in runs
        }
        ended = {name for name, decision in said.items() if decision.mine}
        for name, decision in said.items():
            assert {end.run for end in decision.others} == (set() if name in ended else ended)
        staying = [run.head for run in runs if run.run not in ended]
        if current in heads:
            assert current in staying
        assert staying or all(is_ancestor(head, current) for head in heads)
