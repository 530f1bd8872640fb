"""What can be read; every answer is held against GitHub's description by the fixture."""

from __future__ import annotations

import pytest

from tests.tasks.forge.fake_github.conftest import SHOP


def test_pygithub_reads_a_pull_request(shop):
    pull = shop.github().get_pull(1)
    assert (pull.title, pull.state, pull.merged, pull.draft) == ("Ten", "open", False, False)
    assert (pull.user.login, pull.base.ref, pull.head.ref) == ("ada", "main", "feature")
    assert (pull.changed_files, pull.commits) == (3, 1)
    assert pull.head.sha == shop.repo.git("rev-parse", "feature")
    assert pull.base.repo.full_name == pull.head.repo.full_name == SHOP


def test_files_are_those_of_git_with_their_patches(shop):
    files = {file.filename: file for file in shop.github().get_pull(1).get_files()}
    assert {name: file.status for name, file in files.items()} == {
        "gone.py": "removed",
        "new.py": "added",
        "old.py": "modified",
    }
    assert files["new.py"].patch == "@@ -0,0 +1,3 @@\n+one\n+two\n+three"
    assert (files["old.py"].additions, files["old.py"].deletions) == (2, 2)


def test_a_renamed_file_has_its_previous_name_and_a_binary_one_no_patch(shop):
    shop.repo.git("mv", "old.py", "a new näme.py")
    shop.repo.commit({"image": b"\0\1\2"})
    files = {file["filename"]: file for file in shop.api().get("/pulls/1/files").json()}
    assert files["a new näme.py"]["previous_filename"] == "old.py"
    assert "patch" not in files["image"]


def test_a_push_moves_the_head_and_a_deleted_branch_closes_the_pull_request(shop):
    head = shop.push(new_py="other\n")
    assert shop.github().get_pull(1).head.sha == head
    assert shop.repo.git("rev-parse", "refs/pull/1/head") == head
    shop.repo.git("checkout", "-q", "main")
    shop.repo.git("branch", "-D", "feature")
    assert shop.github().get_pull(1).state == "closed"
    assert shop.repo.git("rev-parse", "refs/pull/1/head") == head


def test_pull_requests_are_listed_by_state_and_head(shop):
    shop.repo.git("branch", "other", "feature")
    shop.hub.open_pull(SHOP, head="other", draft=True, labels=["priority: critical"])
    shop.hub.close(shop.hub.pull(SHOP, 1))
    repo = shop.github()
    assert [(p.number, p.draft) for p in repo.get_pulls()] == [(2, True)]
    assert [p.number for p in repo.get_pulls(state="all")] == [2, 1]
    assert [p.number for p in repo.get_pulls(state="all", head="acme:feature")] == [1]
    assert [label.name for label in repo.get_pull(2).labels] == ["priority: critical"]


def test_lists_come_in_pages_that_link_to_each_other(shop):
    for number in range(5):
        shop.hub.comment(shop.pull, "ada", f"comment {number}")
    first = shop.api().get("/issues/1/comments", params={"per_page": 2})
    assert set(first.links) == {"next", "last"}
    last = shop.api().get(first.links["last"]["url"])
    assert [c["body"] for c in last.json()] == ["comment 4"]
    assert set(last.links) == {"prev", "first"}


def test_the_same_question_twice_has_the_same_answer_and_a_tag_makes_it_free(shop):
    api = shop.api()
    once, twice = api.get("/pulls/1"), api.get("/pulls/1")
    assert once.json() == twice.json()
    tagged = {"If-None-Match": once.headers["ETag"]}
    third = api.get("/pulls/1", headers=tagged)
    assert (third.status_code, third.content) == (304, b"")
    assert third.headers["X-RateLimit-Used"] == twice.headers["X-RateLimit-Used"] == "2"
    shop.push(new_py="other\n")
    assert api.get("/pulls/1", headers=tagged).status_code == 200


def test_a_fork_is_another_repository_whose_commits_are_here_too(shop, make_repo):
    fork = make_repo("fork")
    fork.git("fetch", "-q", str(shop.repo.folder), "main:main", "--update-head-ok")
    fork.git("checkout", "-q", "-b", "evil", "main")
    head = fork.commit({"old.py": "evil\n"})
    shop.hub.fork("mallory/shop", of=SHOP, folder=fork.folder)
    shop.hub.open_pull(SHOP, head="evil", author="mallory", head_repository="mallory/shop")
    pull = shop.github().get_pull(2)
    assert (pull.head.repo.full_name, pull.head.repo.fork) == ("mallory/shop", True)
    assert pull.raw_data["author_association"] == "NONE"
    assert shop.repo.git("rev-parse", "refs/pull/2/head") == pull.head.sha == head


@pytest.mark.parametrize("looking_at", ["feature", "main"])
def test_a_merge_is_one_in_git(shop, looking_at):
    shop.repo.git("checkout", "-q", looking_at)
    commit = shop.hub.merge(shop.pull)
    pull = shop.github().get_pull(1)
    assert (pull.merged, pull.state, pull.merge_commit_sha) == (True, "closed", commit)
    assert pull.changed_files == 3
    assert shop.repo.git("show", "main:new.py") == "one\ntwo\nthree"
    assert shop.repo.git("status", "--porcelain") == ""


def test_repository_user_and_permissions_are_told(shop):
    repo = shop.github()
    assert (repo.default_branch, repo.permissions.push) == ("main", True)
    assert repo.get_collaborator_permission("ada") == "write"
    assert repo.get_collaborator_permission("acme") == "admin"
    assert repo.requester.requestJsonAndCheck("GET", "/user")[1]["login"] == "ci-bot"
    limits = repo.requester.requestJsonAndCheck("GET", "/rate_limit")[1]
    assert limits["resources"]["core"]["used"] == 4


def test_what_is_not_known_says_so_and_is_remembered(shop):
    answer = shop.api().get("/nonsense")
    assert answer.status_code == 404
    assert "does not know GET" in answer.json()["message"]
    assert shop.hub.unknown == [f"GET /repos/{SHOP}/nonsense"]
    assert "no such operation" in shop.hub.violations[0]
    shop.hub.unknown.clear()  # which the fixture would have complained about
    shop.hub.violations.clear()


def test_calls_are_counted_with_their_points(shop):
    api = shop.api()
    api.get("/pulls/1")
    api.post("/issues/1/comments", json={"body": "hello"})
    calls = [(c.method, c.path, c.status, c.points, c.account) for c in shop.hub.calls]
    assert calls == [
        ("GET", f"/repos/{SHOP}/pulls/1", 200, 1, "ci-bot"),
        ("POST", f"/repos/{SHOP}/issues/1/comments", 201, 5, "ci-bot"),
    ]
    assert [call.body for call in shop.hub.writes] == [{"body": "hello"}]
