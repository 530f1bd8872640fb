"""Reviews: GitHub's rules, and what becomes of comments after a push."""

from __future__ import annotations

import pytest

from tests.tasks.forge.fake_github.conftest import HEAD, LINES

DIFF = "Pull request review thread line must be part of the diff"
HUNK = "Pull request review thread start line must be part of the same hunk as the line."


def review(api, *comments, **about):
    answer = api.post("/pulls/1/reviews", json={"event": "COMMENT", "comments": comments, **about})
    return answer.status_code, answer.json()


def at(line, path="old.py", **about):
    return {"path": path, "line": line, "side": "RIGHT", "body": f"about {line}", **about}


def test_pygithub_posts_a_review_with_comments_on_lines(shop):
    repo = shop.github()
    pull = repo.get_pull(1)
    comments = [at(10), at(12, start_line=9, start_side="RIGHT"), at(3, "new.py")]
    made = pull.create_review(
        repo.get_commit(pull.head.sha), "three things", "REQUEST_CHANGES", comments
    )
    assert (made.state, made.body, made.commit_id) == (
        "CHANGES_REQUESTED",
        "three things",
        pull.head.sha,
    )
    assert [review.id for review in pull.get_reviews()] == [made.id]
    found = [(c.path, c.raw_data["start_line"], c.raw_data["line"]) for c in pull.get_comments()]
    assert found == [("old.py", None, 10), ("old.py", 9, 12), ("new.py", None, 3)]
    hunk = next(iter(pull.get_comments())).diff_hunk.split("\n")
    assert (hunk[0][:3], hunk[-1]) == ("@@ ", "+ten")
    assert [c.id for c in pull.get_single_review_comments(made.id)] == [
        c.id for c in pull.get_review_comments()
    ]


@pytest.mark.parametrize(
    "place",
    [at(7), at(13), at(37), at(1, "new.py"), at(1, "gone.py", side="LEFT"), at(10, side="LEFT")],
)
def test_lines_of_the_diff_and_its_context_can_be_commented_on(shop, place):
    assert review(shop.api(), place)[0] == 200


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (at(6), DIFF),
        (at(14), DIFF),
        (at(25), DIFF),
        (at(4, "new.py"), DIFF),
        (at(1, "gone.py"), DIFF),
        (at(1, "nowhere.py"), "Pull request review thread path is invalid"),
        (at(38, start_line=9), HUNK),
        (at(25, start_line=9), f"{DIFF}, {HUNK[:-1]}"),
        (at(10, start_line=11), "must precede"),
        ({"path": "old.py", "body": "where?"}, DIFF),
        (at(10, body=" "), "Body can't be blank"),
        (at(10, body="x" * 65_537), "Body is too long (maximum is 65536 characters)"),
    ],
)
def test_one_bad_comment_refuses_the_whole_review_and_is_not_named(shop, place, message):
    status, body = review(shop.api(), at(10), place, at(40), body="mine")
    assert (status, body["message"]) == (422, "Unprocessable Entity")
    assert message in body["errors"][0]
    assert "nowhere" not in body["errors"][0]
    assert (shop.pull.reviews, shop.pull.threads, shop.hub.write_count) == ([], [], 0)


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({}, "Body can't be blank"),
        ({"event": "REQUEST_CHANGES"}, "Body can't be blank"),
        ({"body": "x" * 65_537}, "Body is too long (maximum is 65536 characters)"),
        ({"body": "hm", "commit_id": "0" * 40}, "commit_id is not part of the pull request"),
    ],
)
def test_a_review_that_says_nothing_or_too_much_or_of_something_else_is_refused(
    shop, about, message
):
    status, body = review(shop.api(), **about)
    assert (status, body["errors"]) == (422, [message])


@pytest.mark.parametrize(
    ("event", "status"), [("COMMENT", 200), ("REQUEST_CHANGES", 422), ("APPROVE", 422)]
)
def test_nobody_judges_their_own_pull_request(shop, event, status):
    answer = review(shop.api(shop.hub.token("ada")), event=event, body="fine")
    assert answer[0] == status
    assert status == 200 or "your own pull request" in answer[1]["errors"][0]


def test_without_an_event_a_review_is_pending_and_there_can_be_only_one(shop):
    api, others = shop.api(), shop.api(shop.hub.token("ada"))
    status, made = _pending(api)
    assert (status, made["state"]) == (200, "PENDING")
    assert "submitted_at" not in made
    again = review(api, at(10), body="another")
    assert again[1]["errors"] == ["User can only have one pending review per pull request"]
    assert api.get("/pulls/1/comments").json() == []
    assert others.get("/pulls/1/reviews").json() == []
    assert others.delete(f"/pulls/1/reviews/{made['id']}").status_code == 404
    assert api.delete(f"/pulls/1/reviews/{made['id']}").status_code == 200
    assert (shop.pull.reviews, shop.pull.threads) == ([], [])
    assert review(api, at(10))[0] == 200


def _pending(api):
    answer = api.post("/pulls/1/reviews", json={"comments": [at(10)]})
    return answer.status_code, answer.json()


def test_a_pending_review_can_be_submitted_once(shop):
    api = shop.api()
    url = f"/pulls/1/reviews/{_pending(api)[1]['id']}"
    submitted = api.post(f"{url}/events", json={"event": "COMMENT", "body": "done"})
    assert (submitted.status_code, submitted.json()["state"]) == (200, "COMMENTED")
    assert len(api.get("/pulls/1/comments").json()) == 1
    assert api.post(f"{url}/events", json={"event": "COMMENT"}).status_code == 422
    assert api.delete(url).json()["errors"] == ["Can not delete a non-pending pull request review"]


def test_only_a_judgement_can_be_dismissed(shop):
    api = shop.api()
    said = review(api, body="hm")[1]["id"]
    judged = review(api, body="no", event="REQUEST_CHANGES")[1]["id"]
    message = {"message": "fixed", "event": "DISMISS"}
    assert api.put(f"/pulls/1/reviews/{said}/dismissals", json=message).status_code == 422
    dismissed = api.put(f"/pulls/1/reviews/{judged}/dismissals", json=message)
    assert (dismissed.status_code, dismissed.json()["state"]) == (200, "DISMISSED")
    assert api.get(f"/pulls/1/reviews/{judged}").json()["state"] == "DISMISSED"
    edited = api.put(f"/pulls/1/reviews/{said}", json={"body": "oh"})
    assert edited.json()["body"] == "oh"


def test_a_comment_moves_with_its_line_and_is_outdated_when_that_changes(shop):
    api = shop.api()
    review(api, at(10), at(12, start_line=9, start_side="RIGHT"), at(40))
    head = shop.hub.pull("acme/shop", 1).head_sha
    shop.push(old_py="first\n" + "".join(HEAD).replace("forty\n", "40\n"))
    ten, several, forty = api.get("/pulls/1/comments").json()
    assert (ten["line"], ten["original_line"], ten["original_commit_id"]) == (11, 10, head)
    assert (several["start_line"], several["line"]) == (10, 13)
    assert (forty["line"], forty["position"], forty["commit_id"]) == (None, None, head)
    assert [shop.hub.outdated(t) for t in shop.pull.threads] == [False, False, True]
    shop.push(old_py="".join(LINES))  # and now nothing of that file is in the diff
    assert [c["line"] for c in api.get("/pulls/1/comments").json()] == [None, None, None]


def test_a_review_may_be_of_a_head_that_was_pushed_over(shop):
    old = shop.repo.git("rev-parse", "feature")
    shop.repo.git("commit", "-q", "--amend", "--no-edit", "--date=2001-01-01T00:00:00Z")
    assert shop.hub.pull("acme/shop", 1).head_sha != old
    status, made = review(shop.api(), at(10), commit_id=old, body="late")
    assert (status, made["commit_id"]) == (200, old)


def test_without_a_commit_a_review_lands_on_the_newest(shop):
    head = shop.push(new_py="other\n")
    assert review(shop.api(), body="hm")[1]["commit_id"] == head


@pytest.mark.parametrize(("position", "line", "side"), [(4, 10, "LEFT"), (5, 10, "RIGHT")])
def test_a_place_can_be_told_by_its_position_in_the_diff(shop, position, line, side):
    comment = {"path": "old.py", "position": position, "body": "there"}
    assert review(shop.api(), comment)[0] == 200
    (found,) = shop.api().get("/pulls/1/comments").json()
    assert (found["line"], found["side"], found["position"]) == (line, side, position)


def test_a_position_that_is_none_is_refused(shop):
    assert review(shop.api(), {"path": "old.py", "position": 99, "body": "there"})[0] == 422


def test_a_comment_on_what_was_removed_stays_while_it_is(shop):
    review(shop.api(), at(10, side="LEFT"))
    shop.push(old_py="first\n" + "".join(HEAD))
    assert shop.api().get("/pulls/1/comments").json()[0]["line"] == 10
    shop.push(old_py="first\n" + "".join(LINES))
    assert shop.api().get("/pulls/1/comments").json()[0]["line"] is None


def test_readers_dismiss_nobodys_review_and_edit_only_their_own(shop):
    made = review(shop.api(), body="no", event="REQUEST_CHANGES")[1]["id"]
    reader, url = shop.api(shop.hub.token("eve")), f"/pulls/1/reviews/{made}"
    assert reader.put(f"{url}/dismissals", json={"message": "away"}).status_code == 403
    assert reader.put(url, json={"body": "hers"}).status_code == 404
    assert shop.api().put(url, json={"body": "x" * 65_537}).status_code == 422
