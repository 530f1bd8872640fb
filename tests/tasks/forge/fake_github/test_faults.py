"""What goes wrong on purpose, and the limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.fake_github.faults import DroppedError
from tests.fake_github.routing import Answer

COMMENTS = "/issues/1/comments"


def say(api):
    """Comment, and return the status, or the name of what broke."""
    try:
        return api.post(COMMENTS, json={"body": "hello"}).status_code
    except httpx.HTTPError as error:
        return type(error).__name__


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("502", 502),
        ("500", 500),
        ("422", 422),
        ("403", 403),
        ("401", 401),
        ("drop", "RemoteProtocolError"),
        ("truncate", "RemoteProtocolError"),
        ("slow", "ReadTimeout"),
        ("rate_primary", 403),
        ("rate_secondary_403", 403),
        ("rate_secondary_429", 429),
    ],
)
def test_a_fault_happens_before_the_effect_or_after_it_and_once(shop, how, said, when, effects):
    shop.hub.fault("POST", "/comments$", how=how, when=when, seconds=1, retry_after=3)
    api = shop.api()
    api.timeout = 0.4
    assert say(api) == said
    if how == "slow":  # whoever is slow has not stopped
        shop.hub.closing.wait(1.2)
        effects = 1
    assert (len(shop.pull.comments), shop.hub.write_count) == (effects, effects)
    api.timeout = 5
    assert say(api) == 201
    assert len(shop.pull.comments) == effects + 1


def test_a_fault_is_only_for_what_it_is_meant_for_and_as_often_as_asked(shop):
    shop.hub.fault("POST", "/comments$", how="500", times=2)
    api = shop.api()
    assert api.get(COMMENTS).status_code == 200
    assert api.post("/pulls/1/reviews", json={"event": "COMMENT", "body": "hm"}).is_success
    assert [say(api) for _ in range(3)] == [500, 500, 201]


def test_a_502_is_no_json_and_limits_say_when_to_come_again(shop):
    api = shop.api()
    for how in ("502", "rate_secondary_429", "rate_primary"):
        shop.hub.fault(how=how, retry_after=7)
    with pytest.raises(ValueError, match="Expecting value"):
        api.get("/pulls/1").json()
    assert api.get("/pulls/1").headers["Retry-After"] == "7"
    used_up = api.get("/pulls/1").headers
    assert used_up["X-RateLimit-Remaining"] == "0"
    assert int(used_up["X-RateLimit-Reset"]) - shop.hub.calls[-1].at == pytest.approx(7, abs=1)


def test_a_fault_may_be_a_function_of_the_call(shop):
    shop.hub.fault(how=lambda call: Answer(418, {"message": call.method}))
    answer = shop.api().get("/pulls/1")
    assert (answer.status_code, answer.json()) == (418, {"message": "GET"})


def test_a_test_can_stop_at_every_write_before_and_after_its_effect(shop):
    seen = []

    def before(call):
        seen.append(("before", len(shop.pull.comments)))
        if len(seen) > 2:
            raise DroppedError

    shop.hub.before_write = before
    shop.hub.after_write = lambda _: seen.append(("after", len(shop.pull.comments)))
    api = shop.api()
    api.get(COMMENTS)
    assert [say(api), say(api)] == [201, "RemoteProtocolError"]
    assert seen == [("before", 0), ("after", 1), ("before", 1)]
    assert len(shop.pull.comments) == 1


def test_a_faulty_mutation_is_found_by_its_document(shop):
    shop.hub.fault("POST", "^/api/graphql$", contains="viewer", how="500")
    token = {"Authorization": f"Bearer {shop.hub.token()}"}
    url, documents = shop.hub.graphql_url, ["{rateLimit{cost}}", "{viewer{login}}"]
    answers = [httpx.post(url, json={"query": d}, headers=token) for d in documents]
    assert [answer.status_code for answer in answers] == [200, 500]
    assert [call.is_write for call in shop.hub.calls] == [False, False]


def test_two_at_once_do_not_lose_each_others_comments(shop):
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: say(shop.api()), range(24)))
    assert said == [201] * 24
    assert len({comment.id for comment in shop.pull.comments}) == 24


def test_an_hours_requests_are_used_up_and_come_back(shop):
    shop.hub.limits.an_hour = 2
    api = shop.api()
    assert [api.get("/pulls/1").status_code for _ in range(3)] == [200, 200, 403]
    answer = api.get("/pulls/1")
    assert answer.json()["message"].startswith("API rate limit exceeded for user ID")
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert say(shop.api(shop.hub.token("ada"))) == 201  # who has their own
    shop.hub.pass_time(3600)
    assert api.get("/pulls/1").status_code == 200


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("points_a_minute", "You have exceeded a secondary rate limit. Please wait"),
        ("creations_a_minute", "temporarily blocked from content creation"),
    ],
)
def test_too_much_in_a_minute_is_refused_until_it_is_over(shop, limit, message):
    setattr(shop.hub.limits, limit, {"points_a_minute": 10, "creations_a_minute": 2}[limit])
    shop.hub.limits.status, shop.hub.limits.retry_after = 429, 30
    api = shop.api()
    assert [say(api) for _ in range(3)] == [201, 201, 429]
    answer = api.post(COMMENTS, json={"body": "hello"})
    assert message in answer.json()["message"]
    assert answer.headers["Retry-After"] == "30"
    shop.hub.pass_time(61)
    assert say(api) == 201


def test_graphql_tells_that_its_hour_is_over_with_status_200(shop):
    shop.hub.limits.an_hour = 0
    token = {"Authorization": f"Bearer {shop.hub.token()}"}
    answer = httpx.post(shop.hub.graphql_url, json={"query": "{viewer{login}}"}, headers=token)
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
