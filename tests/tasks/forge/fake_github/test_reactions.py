"""Reactions to comments, on the whole and on lines."""

from __future__ import annotations

import pytest
from github import GithubException


@pytest.fixture(params=["on the whole", "on a line"])
def comment(request, shop):
    """A comment of a person's, and its address."""
    if request.param == "on the whole":
        made = shop.hub.comment(shop.pull, "ada", "/review")
        return made, f"/issues/comments/{made.id}"
    shop.hub.review(shop.pull, "ada", comments=[("old.py", 10, "why ten?")])
    made = shop.pull.threads[0].comments[0]
    return made, f"/pulls/comments/{made.id}"


def test_nobody_has_reacted_to_a_new_comment(shop, comment):
    _, url = comment
    assert shop.api().get(f"{url}/reactions").json() == []
    assert shop.api().get(url).json()["reactions"]["total_count"] == 0


def test_who_reacts_twice_has_reacted_once(shop, comment):
    made, url = comment
    answers = [shop.api().post(f"{url}/reactions", json={"content": "eyes"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert [(one.account.login, one.content) for one in made.reactions] == [("ci-bot", "eyes")]


def test_each_has_its_own_and_they_are_counted_and_found_by_what_they_are(shop, comment):
    _, url = comment
    ada, bot = shop.api(shop.hub.token("ada")), shop.api()
    for api, content in ((bot, "eyes"), (ada, "eyes"), (bot, "rocket")):
        api.post(f"{url}/reactions", json={"content": content})
    counted = bot.get(url).json()["reactions"]
    assert (counted["total_count"], counted["eyes"], counted["rocket"]) == (3, 2, 1)
    rockets = bot.get(f"{url}/reactions", params={"content": "rocket"}).json()
    assert [one["user"]["login"] for one in rockets] == ["ci-bot"]


def test_only_what_github_knows_is_a_reaction_and_only_to_what_is_there(shop, comment):
    _, url = comment
    shop.hub.validator = None  # this is no request that GitHub describes
    assert shop.api().post(f"{url}/reactions", json={"content": "shrug"}).status_code == 422
    away = url.rpartition("/")[0] + "/1/reactions"
    assert shop.api().post(away, json={"content": "eyes"}).status_code == 404


def test_pygithub_reacts(shop):
    made = shop.hub.comment(shop.pull, "ada", "/review")
    comment = shop.github().get_pull(1).get_issue_comment(made.id)
    comment.create_reaction("rocket")
    assert [one.content for one in comment.get_reactions()] == ["rocket"]
    with pytest.raises(GithubException, match="404"):
        shop.github().get_pull(1).get_issue_comment(1).create_reaction("rocket")
