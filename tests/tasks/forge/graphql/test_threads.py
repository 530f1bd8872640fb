"""What GraphQL answers of threads, comments and reviews."""

from __future__ import annotations

from tests.tasks.forge.graphql.conftest import LINES

THREADS = """reviewThreads(first: 100) { nodes {
    id isResolved isOutdated path line startLine originalLine resolvedBy { login }
    comments(first: 50) { nodes { id databaseId fullDatabaseId body author { login } } }
} }"""


def test_a_thread_is_a_place_and_its_comments(place):
    review = place.review("mel", 3)
    place.hub.reply(place.pull.threads[0], "ada", "Why?")
    (thread,) = place.of_pull(THREADS)["reviewThreads"]["nodes"]
    first = review.comments[0]
    assert thread.pop("comments")["nodes"][0] == {
        "id": first.node_id,
        "databaseId": first.id,
        "fullDatabaseId": str(first.id),
        "body": "On 3",
        "author": {"login": "mel"},
    }
    assert thread == {
        "id": place.pull.threads[0].node_id,
        "isResolved": False,
        "isOutdated": False,
        "path": "a.py",
        "line": 3,
        "startLine": None,
        "originalLine": 3,
        "resolvedBy": None,
    }


def test_a_thread_whose_line_was_changed_is_outdated_and_has_no_line(place):
    place.review("mel", 3)
    place.repo.commit({"a.py": LINES.replace("line 3", "another line")})
    (thread,) = place.of_pull(THREADS)["reviewThreads"]["nodes"]
    assert (thread["isOutdated"], thread["line"], thread["originalLine"]) == (True, None, 3)


def test_a_pending_review_is_seen_by_its_author_only(place):
    place.review("mel", 3, event="")
    fields = "reviews(first: 9) { nodes { state } } reviewThreads(first: 9) { totalCount }"
    assert place.of_pull(fields) == {
        "reviews": {"nodes": [{"state": "PENDING"}]},
        "reviewThreads": {"totalCount": 1},
    }
    other = place.hub.token("ada")
    assert place.of_pull(fields, other) == {
        "reviews": {"nodes": []},
        "reviewThreads": {"totalCount": 0},
    }
    answer = place.ask(
        "query($i: ID!) { node(id: $i) { id } }", other, i=place.pull.threads[0].node_id
    )
    assert answer["data"] == {"node": None}


def test_reviews_are_chosen_by_state_and_author(place):
    place.review("mel", 3)
    place.hub.review(place.pull, "eve", "No", event="REQUEST_CHANGES")
    chosen = "reviews(last: 9, states: [CHANGES_REQUESTED]) { nodes { body commit { oid } } }"
    head = {"oid": place.pull.head_sha}
    assert place.of_pull(chosen)["reviews"]["nodes"] == [{"body": "No", "commit": head}]
    chosen = 'reviews(last: 9, author: "mel") { nodes { body } }'
    assert place.of_pull(chosen)["reviews"]["nodes"] == [{"body": "A review"}]
