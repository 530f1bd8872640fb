"""What becomes of a review whose process has died."""

from __future__ import annotations

import pytest

from tasks.core.queueing.attempts import Again, GivenUp, after_death, was_told_to_end
from tasks.core.queueing.marks import MOST_FAREWELLS


@pytest.mark.parametrize(
    ("deaths", "pause", "message"),
    [(1, 2.0, "attempt 2 of 3: killed"), (2, 30.0, "attempt 3 of 3: killed")],
)
def test_it_is_begun_again_after_a_pause_that_grows(deaths, pause, message):
    for can_say_so in (True, False):
        assert after_death(deaths, "killed", can_say_so=can_say_so) == Again(pause, message)


def test_after_the_last_attempt_it_is_begun_once_more_at_once_to_say_so():
    assert after_death(3, "killed", can_say_so=True) == Again(
        0.0, "given up after 3 attempts: killed"
    )


@pytest.mark.parametrize(("deaths", "can_say_so"), [(3, False), (4, True), (9, True), (9, False)])
def test_who_cannot_say_so_or_died_of_that_has_failed(deaths, can_say_so):
    assert after_death(deaths, "", can_say_so=can_say_so) == GivenUp(
        "given up after 3 attempts: its process died"
    )


@pytest.mark.parametrize(
    "why",
    ["", "killed", "exited with non-zero status code -9.", "status code 1430", "status code 1"],
)
def test_who_was_killed_was_not_told_to_end(why):
    assert not was_told_to_end(why, 0)


@pytest.mark.parametrize(
    "why",
    [
        "Execution was aborted by a termination signal.",
        "Flow run infrastructure exited with non-zero status code -15. It was",
        "Flow run infrastructure exited with non-zero status code 143.",
    ],
)
def test_a_service_that_is_brought_down_is_no_death_but_not_for_ever(why):
    assert was_told_to_end(why, 0)
    assert was_told_to_end(why, MOST_FAREWELLS - 1)
    assert not was_told_to_end(why, MOST_FAREWELLS)
