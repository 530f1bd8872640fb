"""Asking for what has changed only, and in which order pull requests come."""

from __future__ import annotations

from tests.tasks.forge.fake_github.conftest import SHOP


def test_a_mark_holds_for_one_token_and_the_same_answer(shop):
    mine, other = shop.api(shop.hub.token("ci-bot")), shop.api(shop.hub.token("ada"))
    mark = mine.get("/pulls").headers["ETag"]
    assert other.get("/pulls").headers["ETag"] != mark
    assert other.get("/pulls", headers={"If-None-Match": mark}).status_code == 200
    assert mine.get("/pulls", headers={"If-None-Match": mark}).status_code == 304
    shop.pull.title = "Another"
    assert mine.get("/pulls", headers={"If-None-Match": mark}).status_code == 200


def test_what_has_not_changed_is_free_and_says_nothing_of_other_pages(shop):
    shop.hub.open_pull(SHOP, head="feature")
    api = shop.api(shop.hub.token("ci-bot"))
    first = api.get("/pulls", params={"per_page": 1})
    assert 'rel="next"' in first.headers["Link"]
    used = shop.hub.meters["ci-bot core"].used
    again = api.get(
        "/pulls", params={"per_page": 1}, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.headers.get("Link")) == (304, None)
    assert shop.hub.meters["ci-bot core"].used == used


def test_pull_requests_come_in_the_order_that_is_asked_for(shop):
    shop.hub.open_pull(SHOP, head="feature").updated_at = "2020-01-01T00:00:00Z"
    api = shop.api(shop.hub.token("ci-bot"))

    def numbers(**query):
        return [pull["number"] for pull in api.get("/pulls", params=query).json()]

    assert numbers() == [2, 1]
    assert numbers(direction="asc") == [1, 2]
    assert numbers(sort="updated", direction="desc") == [1, 2]
    assert numbers(sort="updated") == [2, 1], "https://docs.github.com/en/rest/pulls/pulls"


def test_the_token_of_a_person_is_none_of_an_installation(shop):
    api = shop.api(shop.hub.token("ci-bot"))
    url = f"{shop.hub.api_url}/installation/repositories"
    assert api.get(url).status_code == 403
