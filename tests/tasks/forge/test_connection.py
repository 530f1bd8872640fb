"""What is asked again, what never is, and for what we wait."""

from __future__ import annotations

import time

import pytest

from tasks.forge.errors import Ambiguous, RateLimited, Unreachable
from tasks.forge.pacing import CREATIONS, READ, WRITE, Pace
from tasks.forge.patience import Patience
from tests.tasks.forge.scripted import Says
from tests.tasks.forge.wire import (
    LOST,
    READS,
    TOKEN,
    UNAVAILABLE,
    WRITES,
    call_read,
    good,
)

BAD = Says(401, {"message": "Bad credentials"})


@pytest.mark.parametrize("reads", READS)
def test_what_is_answered_is_asked_once(script, wire, told, reads):
    script.says(good(reads))

    assert reads(wire) == "ada"
    assert len(script.asked) == 1
    assert not told


@pytest.mark.parametrize("reads", READS)
@pytest.mark.parametrize("lost", LOST)
def test_a_read_is_asked_again_until_it_is_answered(script, wire, reads, lost):
    script.says(LOST[lost], good(reads))

    assert reads(wire) == "ada"
    assert len(script.asked) == 2


@pytest.mark.slow
@pytest.mark.parametrize("reads", READS)
@pytest.mark.parametrize("lost", LOST)
def test_a_read_that_stays_lost_is_given_up_after_four(script, wire, reads, lost):
    script.says(*[LOST[lost]] * 20)

    with pytest.raises(Unreachable, match="GitHub does not answer"):
        reads(wire)
    assert len(script.asked) == 4


@pytest.mark.parametrize("writes", WRITES)
@pytest.mark.parametrize("lost", [*LOST, "slow"])
def test_a_write_whose_answer_is_lost_is_never_sent_again(script, wire, writes, lost):
    script.says(LOST.get(lost) or Says(how=lost))

    with pytest.raises(Ambiguous, match="look before you repeat it"):
        writes(wire)
    assert len(script.asked) == 1


def test_a_page_of_a_list_is_asked_again_by_itself(script, wire):
    more = {"link": f'<{script.api}/repos/acme/shop/issues/1/comments?page=2>; rel="next"'}
    script.says(Says(200, [{"id": 1}], more), UNAVAILABLE, Says(200, [{"id": 2}]))
    issue = wire.rest.get_repo("acme/shop").get_issue(1)

    ids = wire.read("reading", lambda: [comment.id for comment in issue.get_comments()])

    assert ids == [1, 2]
    assert [asked.path.partition("?")[2] for asked in script.asked] == [
        "per_page=100",
        "page=2",
        "page=2",
    ]


@pytest.mark.parametrize("does", READS + WRITES)
def test_a_token_that_is_not_believed_for_a_moment_is_tried_once_more(script, wire, does):
    script.says(BAD, good(does))

    does(wire)

    assert len(script.asked) == 2


@pytest.mark.parametrize(("reads", "status"), zip(READS, (403, 429, 403), strict=True))
def test_a_read_waits_for_a_short_limit_and_tells_so_first(script, wire, told, reads, status):
    slow = Says(status, {"message": "secondary rate limit"}, {"Retry-After": "1"})
    script.says(slow, good(reads))
    begin = time.monotonic()

    assert reads(wire) == "ada"
    assert time.monotonic() - begin >= 1
    assert [wait.seconds for wait in told] == [1]
    assert "slow down" in told[0].why


@pytest.mark.parametrize("reads", READS)
def test_a_read_does_not_wait_for_a_long_limit(script, wire, told, reads):
    script.says(Says(403, {"message": "API rate limit exceeded"}, {"Retry-After": "1800"}))

    with pytest.raises(RateLimited) as raised:
        reads(wire)

    assert raised.value.wait.seconds == 1800
    assert len(script.asked) == 1
    assert not told


@pytest.mark.slow
def test_a_limit_that_goes_on_is_not_waited_for_without_end(script, wire, told):
    script.says(*[Says(429, {}, {"Retry-After": "1"})] * 9)

    with pytest.raises(RateLimited):
        call_read(wire)
    assert len(told) == 3


@pytest.mark.parametrize("writes", WRITES)
def test_a_write_leaves_a_limit_to_its_caller_who_looks_again_first(script, wire, told, writes):
    script.says(Says(403, {"message": "secondary rate limit"}, {"Retry-After": "1"}))

    with pytest.raises(RateLimited):
        writes(wire)
    assert len(script.asked) == 1


def test_closing_ends_a_wait(script, wire, told):
    script.says(Says(429, {}, {"Retry-After": "60"}))
    wire._patience._on_wait = lambda _wait: wire.close()

    with pytest.raises(Unreachable, match="closed meanwhile"):
        call_read(wire)


@pytest.mark.parametrize("does", READS + WRITES)
def test_every_request_names_the_version_of_the_api_and_us(script, wire, does):
    script.says(good(does))
    does(wire)

    headers = {name.lower(): value for name, value in script.asked[0].headers.items()}
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["user-agent"] == "prefect-review"
    assert headers["authorization"].endswith(f" {TOKEN}")


def test_our_own_pace_is_told_of_and_can_be_left(wire, told):
    pace = Pace()
    for _ in range(CREATIONS):
        pace.wait(WRITE, creates=True)
    patience = Patience(wire.account, pace, lambda wait: (told.append(wait), patience.stop()))

    patience.keep_pace("reading", READ)
    with pytest.raises(Unreachable, match="closed meanwhile"):
        patience.keep_pace("commenting", WRITE, creates=True)

    (wait,) = told
    assert wait.seconds == pytest.approx(60, abs=5)
    assert "so much at once GitHub would refuse; it goes on in" in wait.why
