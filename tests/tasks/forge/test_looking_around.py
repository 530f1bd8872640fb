"""Looking at many repositories: as little as can be is asked, and nobody keeps us from others."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from tasks.core.forge.lookout import Memory
from tasks.forge.connection import Connection
from tasks.forge.glance import Wish
from tasks.forge.installations import AppItself, Installed, installations
from tasks.forge.looking_around import LATE, SPENT, Place, Until, look_around
from tests.tasks.forge.installed import Estate

WISH = Wish("review", datetime(2000, 1, 1, tzinfo=UTC))
LIST, READ = "GET /repos/acme/shop/pulls", "POST /api/graphql"


@pytest.fixture
def estate(github, project, app_key):
    return Estate(github, project, app_key)


@pytest.fixture
def places(estate):
    """Place what there is, with tokens that stay the same for the test."""
    made = {}

    def places(*names):
        with Connection(AppItself(estate.account()), "a/b") as connection:
            found = {one.owner: one for one in installations(connection)}
        by = {}
        for name in names:
            by.setdefault(name.partition("/")[0], []).append(name)
        for owner in by:
            made.setdefault(owner, Installed(estate.account(), found[owner]))
        return [
            Place(owner, partial(Connection, made[owner], owner, timeout=5), tuple(these))
            for owner, these in by.items()
        ]

    return places


def look(places, memory=None, seconds=60.0, wants=lambda _: True):
    return look_around(places, memory or Memory(), WISH, wants, Until(seconds))


def after(looked, *, restless=()):
    """What is remembered of a look after which nothing was left to do, but there."""
    known = dict(looked.tried)
    for one in looked.glances:
        known[one.repository] = replace(one.known, quiet=one.repository not in restless)
    return Memory().and_now(known, looked.listings, time.time())


def numbers(looked):
    return [(pull.repository, pull.number) for pull in looked.pulls]


def test_nowhere_there_is_nothing_to_see(estate):
    looked = look([])
    assert (looked.glances, looked.unseen, looked.left) == ([], [], 0)


def test_a_repository_without_pull_requests_costs_one_request(estate, places):
    estate.add("acme/shop")
    there = places("acme/shop")
    asked = len(estate.hub.calls)
    assert numbers(look(there)) == []
    assert estate.asked(asked) == [f"{LIST} 200"]


def test_what_has_not_changed_since_nothing_was_to_be_done_costs_nothing(estate, places):
    estate.add("acme/shop")
    pull = estate.open("acme/shop")
    there = places("acme/shop")
    once = look(there)
    assert numbers(once) == [("acme/shop", 1)]
    memory = after(once)
    asked, used = len(estate.hub.calls), estate.hub.meters["prefect-review[bot] core"].used
    assert numbers(look(there, memory)) == []
    assert estate.asked(asked) == [f"{LIST} 304"]
    assert estate.hub.meters["prefect-review[bot] core"].used == used

    # what does not matter is read by its list only
    pull.title = "Another title"
    asked = len(estate.hub.calls)
    assert numbers(look(there, memory)) == []
    assert estate.asked(asked) == [f"{LIST} 200"]


def test_a_new_token_makes_us_read_the_list_and_no_more(estate, places):
    estate.add("acme/shop")
    estate.open("acme/shop")
    memory = after(look(places("acme/shop")))
    there = places("acme/shop")
    with there[0].connect() as connection:
        connection.account.renew()
    asked = len(estate.hub.calls)
    assert numbers(look(there, memory)) == []
    assert estate.asked(asked) == [f"{LIST} 200"]


def test_where_something_was_left_it_is_read_though_nothing_has_changed(estate, places):
    estate.add("acme/shop")
    estate.open("acme/shop")
    there = places("acme/shop")
    memory = after(look(there), restless=["acme/shop"])
    asked = len(estate.hub.calls)
    assert numbers(look(there, memory)) == [("acme/shop", 1)]
    assert estate.asked(asked) == [f"{LIST} 304", f"{READ} 200"]


def test_a_push_and_a_new_one_are_seen(estate, places):
    estate.add("acme/shop")
    estate.open("acme/shop", "feature", at="2026-01-01T00:00:00Z")
    there = places("acme/shop")
    memory = after(look(there))
    head = estate.project.commit({"more.py": '"""More."""\n'})
    estate.open("acme/shop")
    found = look(there, memory).pulls
    assert {(pull.number, pull.head) for pull in found} == {(1, head), (2, head)}


def test_what_is_excluded_is_not_asked_for(estate, places):
    estate.add("acme/shop", "acme/till")
    there = places("acme/shop", "acme/till")
    assert look(there, wants=lambda name: name == "acme/till").seen == 1


def test_one_that_vanished_is_said_and_the_others_are_seen(estate, places):
    estate.add("acme/shop", "acme/till", "beta/site")
    estate.open("beta/site")
    estate.open("acme/till")
    there = places("acme/shop", "acme/till", "beta/site")
    del estate.hub.repositories["acme/shop"]
    looked = look(there)
    assert sorted(numbers(looked)) == [("acme/till", 1), ("beta/site", 1)]
    (why,) = looked.unseen
    assert why.startswith("acme/shop: GitHub shows this token no such repository")
    assert after(looked).of("acme/shop").looked, "it is not the first the next time"


def test_a_rate_limit_ends_the_look_of_that_account_only_and_the_rest_comes_first(estate, places):
    estate.add(*(f"acme/r{n}" for n in range(6)), "beta/site")
    estate.open("beta/site")
    there = places(*(f"acme/r{n}" for n in range(6)), "beta/site")
    estate.hub.fault(path="/repos/acme/", how="rate_primary", times=99, retry_after=600)
    looked = look(there)
    assert numbers(looked) == [("beta/site", 1)]
    (why,) = looked.unseen
    assert looked.left == 6
    assert why.startswith("acme: 6 not looked at, ")
    assert "rate limit" in why
    estate.hub.faults.clear()
    known = after(looked)
    first = known.longest_ago([*(f"acme/r{n}" for n in range(6)), "beta/site"])
    assert first[-1] == "beta/site"
    assert look(there, known).left == 0


def test_the_rest_of_the_hour_is_left_to_the_reviews(estate, places):
    names = [f"acme/r{n}" for n in range(90)]
    estate.add(*names)
    there = places(*names)
    estate.hub.limits.an_hour = 60  # several at once may be on their way when it is enough
    looked = look(there)
    assert looked.left == 90 - looked.seen > 0
    assert SPENT in looked.unseen[0]
    meter = estate.hub.meters["prefect-review[bot] core"]
    assert meter.used < 60, "some of it is left"


def test_when_there_is_no_more_time_that_is_said(estate, places):
    estate.add("acme/shop")
    looked = look(places("acme/shop"), seconds=-1)
    assert looked.unseen == [f"acme: not looked at, {LATE}"]


def test_whoever_is_told_to_stop_begins_nothing_more(estate, places):
    estate.add("acme/shop")
    until = Until(60)
    until.stop()
    there = places("acme/shop")
    asked = len(estate.hub.calls)
    look_around(there, Memory(), WISH, lambda _: True, until)
    assert estate.asked(asked) == []


def test_a_github_that_does_not_answer_is_not_asked_for_everything(estate, places):
    names = [f"acme/r{n}" for n in range(12)]
    estate.add(*names)
    there = places(*names)
    estate.hub.fault(path="/pulls$", how="502", times=999)
    looked = look(there)
    assert looked.seen < 12
    assert any("GitHub does not answer" in why and "not looked at" in why for why in looked.unseen)
