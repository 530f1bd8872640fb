"""Whose pulse stands still is dead, if we could have seen it move."""

from __future__ import annotations

import pytest

from tasks.core.queueing.vigil import BIRTH_SECONDS, Pulse, Vigil

STILL = {"a": Pulse("1")}


def watched(looks, *, own="") -> Vigil:
    vigil = Vigil()
    for now, pulses in looks:
        vigil = vigil.look(pulses, now, own=own)
    return vigil


def test_nobody_is_dead_at_first_sight():
    assert Vigil().silent() == {}
    assert watched([(1e6, STILL)]).silent() == {}


def test_who_stands_still_for_long_enough_is_dead():
    looks = [(now, STILL) for now in range(0, 50, 5)]
    assert watched(looks[:9]).silent() == {}
    assert watched(looks).silent() == {"a": 45}


def test_who_moves_lives():
    looks = [(now, {"a": Pulse(str(now // 30))}) for now in range(0, 500, 5)]
    assert watched(looks).silent() == {}


def test_who_has_not_begun_to_move_has_longer():
    born = {"a": Pulse("", BIRTH_SECONDS)}
    assert watched([(now, born) for now in range(0, 90, 5)]).silent() == {}
    assert watched([(now, born) for now in range(0, 95, 5)]).silent() == {"a": 90}


def test_who_is_gone_is_forgotten():
    looks = [(now, STILL) for now in range(0, 40, 5)]
    back = [(45, STILL), (50, STILL)]
    assert watched([*looks, (40, {}), *back]).silent() == {}


@pytest.mark.parametrize("gap", [11, 1e6])
def test_after_a_time_in_which_nobody_looked_the_watch_begins_anew(gap):
    """We were stopped, or the server was away; so was everybody's pulse."""
    looks = [(now, STILL) for now in range(0, 45, 5)]
    after = [(40 + gap + now, STILL) for now in range(0, 45, 5)]
    assert watched([*looks, *after]).silent() == {}
    assert watched([*looks, *after, (40 + gap + 45, STILL)]).silent() == {"a": 45}


def test_while_our_own_pulse_does_not_get_through_nobody_is_dead():
    looks = [(now, STILL | {"me": Pulse("1")}) for now in range(0, 500, 5)]
    assert set(watched(looks, own="me").silent()) == {"me"}
    again = [(500 + now, STILL | {"me": Pulse(str(now // 10))}) for now in range(0, 60, 5)]
    assert watched([*looks, *again[:8]], own="me").silent() == {}
    assert set(watched([*looks, *again], own="me").silent()) == {"a"}
