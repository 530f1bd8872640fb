from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.checkout import prepare
from tasks.core.policy import ReviewPolicy
from tasks.errors import CannotReview
from tasks.forge.errors import BadCredentials
from tasks.forge.git_remote import FetchBounds
from tasks.forge.mirror import is_ancestor
from tasks.git import open_repository
from tests.tasks.forge.mirrored import pull_request


@pytest.fixture
def pull(make_repo, tmp_path):
    with pull_request(make_repo, tmp_path) as pull:
        yield pull


def test_the_commits_of_a_pull_request_are_fetched(pull):
    git = pull.repo.git
    fetched = pull.fetch()
    assert fetched.head == pull.head()
    assert fetched.base == git("rev-parse", "main")
    assert fetched.merge_base == git("rev-parse", "main~1")
    # one answer says what there is, one lists the base branch, one is the pack
    assert [line.split()[0] for line in pull.served.asked] == ["GET", "POST", "POST"]


def test_a_mirror_is_reviewed_like_any_repository(pull, tmp_path):
    fetched = pull.fetch()
    scratch = tmp_path / "scratch"
    repository = open_repository(fetched.repository).with_scratch(str(scratch))
    change = prepare(
        repository,
        repository.resolve(fetched.merge_base),
        repository.resolve(fetched.head),
        name="acme/shop@head",
        scratch=str(scratch),
        policy=ReviewPolicy(),
    )
    assert [file.path for file in change.files] == ["b.py"]
    assert Path(change.files[0].head).read_text() == "b = 2\n"


def test_the_same_head_again_brings_only_the_name_of_the_base(pull):
    first = pull.fetch()
    pull.served.forget()
    assert pull.fetch() == first
    assert [line.split()[0] for line in pull.served.asked] == ["GET", "POST"]
    assert pull.served.sent < 2000


def test_a_push_brings_only_what_is_new(pull):
    pull.repo.git("checkout", "-q", "feature")
    pull.repo.commit({"large.bin": os.urandom(200_000)})
    pull.fetch(head_sha=pull.repo.git("rev-parse", "HEAD"))
    assert pull.served.sent > 200_000
    pull.served.forget()
    head = pull.repo.commit({"b.py": "b = 3\n"})
    assert pull.fetch(head_sha=head).head == head
    assert pull.served.sent < 5000


def test_a_base_that_moved_gives_the_merge_base_of_today(pull):
    pull.fetch()
    pull.repo.git("merge", "-q", "--no-ff", "-m", "take some of it", "feature~1")
    fetched = pull.fetch()
    assert fetched.base == pull.repo.git("rev-parse", "main")
    assert fetched.merge_base == pull.repo.git("rev-parse", "feature~1")


def test_a_base_branch_that_is_gone_is_where_it_was_last(pull):
    pull.repo.git("checkout", "-q", "feature")
    pull.repo.git("branch", "-q", "-D", "main")
    fetched = pull.fetch()
    assert fetched.base == pull.context.base_sha
    assert pull.fetch() == fetched


def test_a_pull_request_without_the_name_of_its_base_is_compared_with_its_commit(pull):
    assert pull.fetch(base_branch="").base == pull.context.base_sha


def test_a_base_that_is_nowhere_is_said(pull):
    with pytest.raises(CannotReview, match="its base gone is gone; choose another base"):
        pull.fetch(base_branch="gone", base_sha="")
    with pytest.raises(CannotReview, match="its base gone is gone; choose another base"):
        pull.fetch(base_branch="gone", base_sha="1" * 40)


def test_a_force_push_leaves_the_old_head_readable_and_fetches_the_new_one(pull):
    old = pull.fetch()
    pull.repo.git("checkout", "-q", "feature")
    pull.repo.git("reset", "-q", "--hard", "main")
    head = pull.repo.commit({"d.py": "d = 1\n"})
    fetched = pull.fetch(head_sha=head)
    assert fetched.merge_base == fetched.base
    assert open_repository(fetched.repository).resolve(old.head) == old.head


def test_a_fork_is_fetched_from_the_base_repository(pull, make_repo):
    fork = make_repo("fork")
    fork.git("pull", "-q", str(pull.repo.folder), "main")
    head = fork.commit({"evil.py": "x = 1\n"})
    pull.repo.git("fetch", "-q", str(fork.folder), f"{head}:refs/pull/1/head")
    fetched = pull.fetch(head_sha=head, head_repository="mallory/shop")
    assert (fetched.head, fetched.merge_base) == (head, fetched.base)


def test_a_workflow_of_a_fork_may_fetch_with_its_token(github, pull, make_repo):
    fork = make_repo("fork")
    fork.git("pull", "-q", str(pull.repo.folder), "main")
    fork.git("checkout", "-q", "-b", "patch")
    head = fork.commit({"b.py": "b = 1\n"})
    github.add_repository("acme/shop", pull.repo.folder, private=True)
    github.fork("mallory/shop", of="acme/shop", folder=fork.folder)
    github.open_pull("acme/shop", head="patch", head_repository="mallory/shop")
    pull.served, pull.token = github, github.actions_token("acme/shop", read_only=True)
    github.fault(method="GET", path=r".*/info/refs", how="502")
    pull.bounds = FetchBounds(attempts=2)
    assert pull.fetch(head_sha=head, head_repository="mallory/shop").head == head
    pull.token = ""
    with pytest.raises(BadCredentials):
        pull.fetch()


def serve_no_commits(pull):
    """Make the server an old one, which gives commits only to who asks for their refs."""
    pull.served.settings["uploadpack.allowAnySHA1InWant"] = "false"

    def before(handler):
        del handler.headers["Git-Protocol"]
        return False

    pull.served.before = before


def test_a_commit_that_is_not_served_comes_by_the_ref_of_its_pull_request(pull):
    pull.repo.git("update-ref", "refs/pull/1/head", "feature")
    older = pull.repo.git("rev-parse", "feature~1")
    pull.repo.git("branch", "-q", "-D", "feature")
    serve_no_commits(pull)
    assert pull.fetch(head_sha=older).head == older
    pull.served.forget()
    assert pull.fetch(head_sha=older).head == older
    assert [line.split()[0] for line in pull.served.asked] == ["GET"]  # kept


@pytest.mark.parametrize("number", [1, 2, None])
def test_a_head_that_was_pushed_over_and_collected_is_said(pull, number):
    pull.repo.git("update-ref", "refs/pull/1/head", "feature")
    with pytest.raises(CannotReview, match="its head 1111111 is not on GitHub: it was pushed"):
        pull.fetch(head_sha="1" * 40, pr_number=number)


def test_a_head_that_its_pull_request_does_not_lead_to_is_gone(pull):
    pull.repo.git("update-ref", "refs/pull/1/head", "main")
    pull.repo.git("branch", "-q", "-D", "feature")
    serve_no_commits(pull)
    with pytest.raises(CannotReview, match="pushed over"):
        pull.fetch()


def test_histories_without_a_common_commit_are_said(pull):
    pull.repo.git("checkout", "-q", "--orphan", "other")
    head = pull.repo.commit({"z.py": "z = 1\n"})
    with pytest.raises(CannotReview, match="have no commit in common; rebase it"):
        pull.fetch(head_sha=head)


@pytest.mark.parametrize(
    "branch",
    ["a..b", "a b", "a:refs/heads/main", "*", "a\\b", "x.lock", "/", "@{-1}", "a~1", "^main"],
)
def test_a_branch_that_can_be_none_is_never_asked_for(pull, branch):
    with pytest.raises(CannotReview, match="is no name of a branch"):
        pull.fetch(base_branch=branch)
    assert not pull.served.asked


@pytest.mark.parametrize("branch", ["release/ä", "a'b\"c", "$(sing)", "#1", "refs/heads/main"])
def test_a_branch_may_have_any_name_that_git_lets_it_have(pull, branch):
    pull.repo.git("branch", "-q", branch, "main")
    assert pull.fetch(base_branch=branch, base_sha="").base == pull.context.base_sha


def test_who_does_not_say_which_commits_is_told_so(pull):
    for missing in ({"head_sha": ""}, {"base_branch": "", "base_sha": ""}):
        with pytest.raises(CannotReview, match="read the pull request first"):
            pull.fetch(**missing)


def test_a_commit_comes_from_those_before_it_and_from_no_other(pull):
    fetched = pull.fetch()
    mirror = Path(fetched.repository)
    assert is_ancestor(mirror, fetched.head, fetched.head)
    assert is_ancestor(mirror, fetched.merge_base, fetched.head)
    assert not is_ancestor(mirror, fetched.base, fetched.head)
    assert not is_ancestor(mirror, "1" * 40, fetched.head)
    assert not is_ancestor(mirror, "--help", fetched.head)
    with pytest.raises(CannotReview, match="fetch it first"):
        is_ancestor(mirror, fetched.head, "1" * 40)


def test_a_mirror_is_shared_by_names_that_differ_in_case_only(pull):
    pull.served.repositories["ACME/Shop"] = pull.repo.folder
    assert pull.fetch().repository == pull.fetch(repository="ACME/Shop").repository
    assert len(list(pull.folder.glob("*/*/*.git"))) == 1


def test_a_folder_that_cannot_be_written_to_is_said(pull):
    pull.folder.write_text("in the way")
    with pytest.raises(CannotReview, match="set REVIEW_HOME"):
        pull.fetch()


def test_nothing_of_a_persons_settings_is_obeyed(pull, canary, tmp_path, monkeypatch):
    settings = Path(os.environ["GIT_CONFIG_GLOBAL"])
    settings.write_text(
        f'[credential]\n\thelper = "!{canary}"\n[core]\n\taskPass = {canary}\n'
        f"\thooksPath = {tmp_path}/hooks\n\tfsmonitor = {canary}\n"
        f'[url "http://127.0.0.1:1/"]\n\tinsteadOf = {pull.served.url}/\n'
    )
    hook = tmp_path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.symlink_to(canary)
    monkeypatch.setenv("SSH_ASKPASS", canary)
    monkeypatch.setenv("GIT_ASKPASS", canary)
    assert pull.fetch().head == pull.head()
    pull.served.fails(401)
    with pytest.raises(BadCredentials):
        pull.fetch()


@pytest.mark.slow
def test_a_change_of_3500_files_is_there_in_seconds(pull):
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({f"src/{n % 50}/{n}.py": f"x = {n}\n" for n in range(3500)})
    fetched = pull.fetch(head_sha=head)
    entries = open_repository(fetched.repository).differing(fetched.merge_base, head)
    assert len(entries) == 3501
