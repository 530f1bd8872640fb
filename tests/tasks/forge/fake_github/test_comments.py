"""Comments: on lines with their threads, and on the whole."""

from __future__ import annotations

import pytest
from github import GithubException


@pytest.fixture
def thread(shop):
    shop.hub.review(shop.pull, "ci-bot", comments=[("old.py", 10, "why ten?")])
    return shop.pull.threads[0]


def test_pygithub_answers_edits_and_deletes_comments_on_lines(shop, thread):
    pull = shop.github().get_pull(1)
    first = pull.get_review_comment(thread.comments[0].id)
    answer = pull.create_review_comment_reply(first.id, "because")
    assert (answer.in_reply_to_id, answer.body) == (first.id, "because")
    assert [c.body for c in thread.comments] == ["why ten?", "because"]
    first.edit("why, ten?")
    assert thread.comments[0].body == "why, ten?"
    with pytest.raises(GithubException, match="404"):
        pull.create_review_comment_reply(answer.id, "only what began a thread can be answered")
    first.delete()
    assert [c.body for c in thread.comments] == ["because"]
    answer.delete()
    assert shop.pull.threads == []


def test_a_comment_on_a_line_at_once_is_a_review_too(shop):
    repo = shop.github()
    pull = repo.get_pull(1)
    made = pull.create_review_comment("why?", repo.get_commit(pull.head.sha), "old.py", 10)
    assert [review.id for review in pull.get_reviews()] == [made.pull_request_review_id]
    with pytest.raises(GithubException, match="422"):
        pull.create_review_comment("why?", repo.get_commit(pull.head.sha), "old.py", 25)


def test_an_answer_makes_a_review_without_a_body(shop, thread):
    shop.hub.reply(thread, "ada", "because")
    reviews = shop.api().get("/pulls/1/reviews").json()
    assert [(r["user"]["login"], r["body"], r["state"]) for r in reviews] == [
        ("ci-bot", "", "COMMENTED"),
        ("ada", "", "COMMENTED"),
    ]


def test_people_resolve_and_open_threads(shop, thread):
    shop.hub.resolve(thread, "ada")
    assert (thread.resolved, thread.resolved_by.login) == (True, "ada")
    shop.hub.unresolve(thread)
    assert (thread.resolved, thread.resolved_by) == (False, None)


def test_pygithub_comments_on_the_whole(shop):
    pull = shop.github().get_pull(1)
    made = pull.create_issue_comment("hello")
    made.edit("hello again")
    assert [c.body for c in pull.get_issue_comments()] == ["hello again"]
    assert pull.get_issue_comment(made.id).user.login == "ci-bot"
    made.delete()
    assert shop.pull.comments == []
    with pytest.raises(GithubException, match="404"):
        _ = pull.get_issue_comment(made.id).body


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("x" * 65_536, ""),
        ("x" * 65_537, "Body is too long (maximum is 65536 characters)"),
        ("", "Body can't be blank"),
    ],
)
def test_a_comment_has_a_length(shop, thread, body, message):
    api = shop.api()
    line = f"/pulls/comments/{thread.comments[0].id}"
    answers = [
        api.post("/issues/1/comments", json={"body": body}),
        api.patch(line, json={"body": body}),
    ]
    for answer in answers:
        assert answer.is_success == (not message)
        assert answer.is_success or answer.json()["errors"][0]["message"] == message


def test_comments_of_others_are_changed_only_by_those_who_may_push(shop, thread):
    mine = shop.hub.comment(shop.pull, "ci-bot", "mine")
    reader, writer = shop.api(shop.hub.token("eve")), shop.api(shop.hub.token("ada"))
    for url in (f"/issues/comments/{mine.id}", f"/pulls/comments/{thread.comments[0].id}"):
        assert reader.patch(url, json={"body": "hers"}).status_code == 403
        assert reader.delete(url).status_code == 403
        assert writer.patch(url, json={"body": "edited"}).status_code == 200
    assert mine.body == "edited"


def test_what_a_deleted_account_wrote_is_nobodys(shop, thread):
    shop.hub.comment(shop.pull, "eve", "bye")
    shop.hub.reply(thread, "eve", "bye")
    shop.hub.delete_account("eve")
    api = shop.api()
    assert api.get("/issues/1/comments").json()[0]["user"] is None
    assert api.get("/pulls/1/comments").json()[1]["user"] is None
