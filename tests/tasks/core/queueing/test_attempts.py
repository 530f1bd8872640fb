"""What becomes of a review whose process has died."""

from __future__ import annotations

import pytest

from tasks.core.queueing.attempts import Again, GivenUp, after_death


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
