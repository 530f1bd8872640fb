"""What GraphQL answers of who asks, of repositories, of pull requests."""

from __future__ import annotations

from tests.tasks.forge.graphql.conftest import PULL


def test_the_viewer_is_who_has_the_token(place):
    document = "{ viewer { __typename login } }"
    assert place.data(document)["viewer"]["login"] == "mel"
    bot = {"__typename": "User", "login": "github-actions[bot]"}
    assert place.data(document, place.actions())["viewer"] == bot
    assert place.data(document, place.app())["viewer"]["login"] == "reviewer[bot]"


def test_an_author_that_is_a_bot_comes_without_what_rest_marks_it_with(place):
    app = place.app()
    place.hub.comment(place.pull, "reviewer[bot]", "Beep")
    place.hub.comment(place.pull, "mel", "Hello")
    place.hub.comment(place.pull, "gone", "Bye")
    place.hub.delete_account("gone")
    fields = """comments(first: 9) { nodes {
        author { __typename login } viewerDidAuthor authorAssociation } }"""
    bot, person, gone = place.of_pull(fields, app)["comments"]["nodes"]
    assert bot == {
        "author": {"__typename": "Bot", "login": "reviewer"},
        "viewerDidAuthor": True,
        "authorAssociation": "NONE",
    }
    assert person["author"] == {"__typename": "User", "login": "mel"}
    assert (person["viewerDidAuthor"], person["authorAssociation"]) == (False, "MEMBER")
    assert gone["author"] is None


def test_a_pull_request_has_what_git_has(place):
    fields = """number title body isDraft state merged isCrossRepository changedFiles
        baseRefName baseRefOid headRefName headRefOid headRepository { nameWithOwner }
        author { login } authorAssociation labels(first: 5) { nodes { name } }
        commits(last: 1) { totalCount nodes { commit { oid } } }"""
    head = place.repo.commit({"b.py": "1\n"})
    assert place.of_pull(fields) == {
        "number": 1,
        "title": "Eight lines",
        "body": "",
        "isDraft": False,
        "state": "OPEN",
        "merged": False,
        "isCrossRepository": False,
        "changedFiles": 2,
        "baseRefName": "main",
        "baseRefOid": place.repo.git("rev-parse", "main"),
        "headRefName": "feature",
        "headRefOid": head,
        "headRepository": {"nameWithOwner": "acme/shop"},
        "author": {"login": "ada"},
        "authorAssociation": "NONE",
        "labels": {"nodes": [{"name": "new"}, {"name": "slow"}]},
        "commits": {"totalCount": 2, "nodes": [{"commit": {"oid": head}}]},
    }


def test_what_was_merged_is_neither_open_nor_closed(place):
    place.hub.merge(place.pull)
    assert place.of_pull("state merged") == {"state": "MERGED", "merged": True}


def test_a_fork_is_another_repository_until_it_is_gone(place, make_repo):
    fork = make_repo("fork", "--bare")
    place.repo.git("push", "-q", str(fork.folder), "feature", "main")
    place.hub.fork("mallory/shop", of="acme/shop", folder=fork.folder)
    place.hub.open_pull(
        "acme/shop", head="feature", author="mallory", head_repository="mallory/shop"
    )
    document = PULL % "isCrossRepository headRepository { nameWithOwner isFork }"
    assert place.data(document, n=2)["repository"]["pullRequest"] == {
        "isCrossRepository": True,
        "headRepository": {"nameWithOwner": "mallory/shop", "isFork": True},
    }
    del place.hub.repositories["mallory/shop"]
    assert place.data(document, n=2)["repository"]["pullRequest"]["headRepository"] is None


def test_what_is_not_there_is_null_and_said_so(place):
    answer = place.ask('{ viewer { login } repository(owner: "acme", name: "shed") { id } }')
    assert answer["data"] == {"viewer": {"login": "mel"}, "repository": None}
    (error,) = answer["errors"]
    assert error["type"] == "NOT_FOUND"
    assert error["path"] == ["repository"]
    assert error["message"] == "Could not resolve to a Repository with the name 'acme/shed'."
    answer = place.ask(PULL % "id", n=9)
    assert answer["data"] == {"repository": {"pullRequest": None}}
    assert answer["errors"][0]["message"] == (
        "Could not resolve to a PullRequest with the number of 9."
    )


def test_a_private_repository_is_not_there_for_strangers(place):
    place.pull.repo.private = True
    assert place.ask(PULL % "id", n=1)["data"]["repository"]
    answer = place.ask(PULL % "id", place.hub.token("eve"), n=1)
    assert answer["data"] == {"repository": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"
