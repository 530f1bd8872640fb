"""How long GitHub wants us to wait."""

from __future__ import annotations

import pytest

from tasks.core.forge.limits import MOST_SECONDS, duration, wait_of

NOW = 1_700_000_000.0
USED_UP = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "5000"}
SLOW_DOWN = "You have exceeded a secondary rate limit. Please wait a few minutes."


def seconds(status, headers=(), message="", attempt=0):
    wait = wait_of(status, dict(headers), message, NOW, attempt)
    return wait.seconds if wait else None


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (200, {}, ""),
        (200, {"retry-after": "5"}, SLOW_DOWN),
        (202, {"retry-after": "5"}, ""),
        (401, USED_UP, "Bad credentials"),
        (403, {}, "Resource not accessible by integration"),
        (403, {"x-ratelimit-remaining": "17"}, "Resource not accessible by integration"),
        (403, USED_UP, "Resource not accessible by integration"),  # no reset: nothing to wait for
        (404, USED_UP, "Not Found"),
        (422, {}, "Validation Failed"),
        (503, {"retry-after": "5"}, ""),
    ],
)
def test_what_is_no_limit_is_not_waited_for(status, headers, message):
    assert seconds(status, headers, message) is None


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "message", "expected"),
    [
        ({**USED_UP, "x-ratelimit-reset": f"{NOW + 90:.0f}"}, "API rate limit exceeded", 90),
        ({**USED_UP, "x-ratelimit-reset": f"{NOW + 90:.0f}", "retry-after": "7"}, "", 7),
        ({"Retry-After": "30"}, SLOW_DOWN, 30),
        ({"retry-after": " 0 "}, SLOW_DOWN, 1),
        ({"retry-after": "2.5"}, "", 3),
        ({"retry-after": "-3"}, "", 1),
        ({"x-ratelimit-remaining": "4999"}, SLOW_DOWN, 60),
        ({"retry-after": "soon"}, "You have triggered an abuse detection mechanism.", 60),
        ({"retry-after": "nan"}, SLOW_DOWN, 60),
        ({**USED_UP, "x-ratelimit-reset": f"{NOW - 5:.0f}"}, "API rate limit exceeded", 1),
    ],
)
def test_it_waits_as_long_as_github_says_with_either_status(status, headers, message, expected):
    assert seconds(status, headers, message) == expected


def test_429_is_a_limit_whatever_else_it_says():
    assert seconds(429) == 60


@pytest.mark.parametrize(
    ("attempt", "expected"), [(0, 60), (1, 120), (3, 480), (9, 3600), (10**6, 3600)]
)
def test_a_limit_that_goes_on_is_waited_for_twice_as_long_each_time(attempt, expected):
    assert seconds(403, {}, SLOW_DOWN, attempt) == expected


def test_what_was_submitted_too_quickly_is_a_limit_too():
    assert seconds(422, {"x-ratelimit-remaining": "9"}, "Comment was submitted too quickly") == 60


def test_the_time_of_the_reset_is_told_by_githubs_clock_not_ours():
    headers = {
        **USED_UP,
        "x-ratelimit-reset": f"{NOW + 500:.0f}",
        "Date": "Tue, 14 Nov 2023 22:20:00 GMT",  # 400 s after NOW
    }
    assert seconds(403, headers) == 100
    assert seconds(403, headers | {"Date": "yesterday"}) == 500


def test_more_than_an_hour_is_not_waited_for_and_the_reason_says_so():
    wait = wait_of(403, {"retry-after": "86400"}, "", NOW, 0)

    assert wait is not None
    assert wait.too_long
    assert wait.seconds > MOST_SECONDS
    assert "24 h is longer than we wait" in wait.why


def test_the_reason_is_a_sentence_for_people():
    reset = {"x-ratelimit-reset": f"{NOW + 1800:.0f}"}
    primary = wait_of(403, USED_UP | reset, "", NOW, 0)
    other = wait_of(403, {"x-ratelimit-remaining": "0", **reset}, "", NOW, 0)
    secondary = wait_of(403, {"retry-after": "30"}, "", NOW, 0)
    unsaid = wait_of(403, {}, SLOW_DOWN, NOW, 0)

    waits = [wait for wait in (primary, other, secondary, unsaid) if wait]
    unknown = "GitHub asks us to slow down (secondary rate limit, it does not say for how long)"
    assert [wait.why for wait in waits] == [
        "GitHub's rate limit: the 5000 requests an hour are used up; it goes on in 30 min",
        "GitHub's rate limit: it is used up; it goes on in 30 min",
        "GitHub asks us to slow down (secondary rate limit); it goes on in 30 s",
        f"{unknown}; it goes on in 60 s",
    ]
    assert not (primary and primary.too_long)


@pytest.mark.parametrize(
    ("time", "text"),
    [(1, "1 s"), (120, "120 s"), (121, "3 min"), (3600, "60 min"), (3601, "2 h"), (86400, "24 h")],
)
def test_a_duration_reads_as_people_say_it(time, text):
    assert duration(time) == text
