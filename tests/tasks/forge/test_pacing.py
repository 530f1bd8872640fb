"""Under GitHub's secondary limits, whoever asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.forge.pacing import CREATIONS, MINUTE, POINTS, READ, WRITE, Pace, pace_of


class Clock:
    """A monotonic clock that goes on when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_where_there_is_room_nobody_waits(clock):
    pace = Pace(clock)

    assert {pace.wait(READ) for _ in range(POINTS)} == {0}


def test_one_review_of_25_findings_never_waits(clock):
    pace = Pace(clock)

    assert {pace.wait(WRITE, creates=True) for _ in range(12)} == {0}


def test_what_is_over_the_points_of_a_minute_waits_until_the_first_is_a_minute_old(clock):
    pace = Pace(clock)
    for _ in range(POINTS // WRITE):
        pace.wait(WRITE)
        clock.now += 0.1

    assert pace.wait(READ) == pytest.approx(MINUTE - 18)


def test_over_80_contents_a_minute_wait_while_a_read_has_room(clock):
    pace = Pace(clock)
    for _ in range(CREATIONS):
        assert pace.wait(WRITE, creates=True) == 0

    assert pace.wait(WRITE, creates=True) == MINUTE
    assert pace.wait(READ) == 0


def test_a_minute_later_there_is_room_again(clock):
    pace = Pace(clock)
    for _ in range(CREATIONS):
        pace.wait(WRITE, creates=True)
    clock.now += MINUTE

    assert pace.wait(WRITE, creates=True) == 0


@pytest.mark.parametrize("creates", [True, False])
def test_however_many_threads_no_minute_has_more_than_github_allows(clock, creates):
    pace = Pace(clock)
    with ThreadPoolExecutor(8) as pool:
        starts = sorted(pool.map(lambda _: pace.wait(WRITE, creates=creates), range(400)))

    most = CREATIONS if creates else POINTS // WRITE
    for start in starts:
        within = sum(start <= other < start + MINUTE for other in starts)
        assert within <= most
    assert starts[-1] == MINUTE * ((400 - 1) // most)  # and no longer than that needs


def test_an_account_has_one_limiter_in_a_process():
    assert pace_of("https://api.github.com app 1") is pace_of("https://api.github.com app 1")
    assert pace_of("https://api.github.com app 1") is not pace_of("https://api.github.com app 2")
