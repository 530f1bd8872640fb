"""Which comments of a refused review are refused, and what it costs to know."""

from __future__ import annotations

import random

import pytest

from tasks.core.forge.writes import InlineComment
from tasks.forge.culprits import MOST_PROBES, UNSETTLED, culprits

ALL = tuple(InlineComment("a.py", line, f"says {line}", f"f{line}") for line in range(25))


class GitHub:
    """Refuses what has one of these lines in it, and counts how often it was asked."""

    def __init__(self, *bad: int) -> None:
        self.bad = set(bad)
        self.asked = 0

    def __call__(self, group):
        self.asked += 1
        return "not in the diff" if self.bad & {comment.line for comment in group} else ""


def test_a_review_without_comments_has_no_culprit():
    assert culprits((), "no", GitHub()) == {}


def test_comments_that_are_all_fine_are_not_blamed_for_the_review():
    assert culprits(ALL, "the body is too long", GitHub()) == {}
    assert culprits(ALL[:1], "the body is too long", GitHub()) == {}


@pytest.mark.parametrize("line", range(25))
def test_one_of_25_is_found_with_few_probes(line):
    hub = GitHub(line)

    assert culprits(ALL, "no", hub).keys() == {f"f{line}"}
    assert hub.asked <= 10


def test_what_github_said_is_kept():
    assert culprits(ALL[:1], "no", GitHub(0)) == {"f0": "not in the diff"}


@pytest.mark.parametrize("seed", range(30))
def test_nothing_bad_is_left_and_the_number_of_probes_is_bounded(seed):
    chosen = random.Random(seed)  # noqa: S311 - repeatable
    bad = chosen.sample(range(25), chosen.randint(1, 25))
    hub = GitHub(*bad)

    refused = culprits(ALL, "no", hub)

    assert {f"f{line}" for line in bad} <= refused.keys()
    assert hub.asked <= MOST_PROBES + 1
    blamed = {f for f, why in refused.items() if why != UNSETTLED}
    assert blamed <= {f"f{line}" for line in bad}
