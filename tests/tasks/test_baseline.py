"""The baseline is read from the base, and one that cannot be read is said and not followed."""

from __future__ import annotations

import pytest

from tasks.baseline import MOST_BYTES, baseline_of
from tasks.core.baseline import BASELINE, entries_of, write_baseline
from tasks.core.dismissal import Scope
from tasks.core.finding import Finding
from tasks.git import open_repository

FOUND = Finding(
    path="a.py", line=1, rule="t/X", severity="error", message="m", fingerprint="a" * 16
)
GOOD = write_baseline(entries_of([FOUND]))


def read(repo, revision="HEAD"):
    repository = open_repository(str(repo.folder)).with_scratch(str(repo.scratch))
    return baseline_of(repository, repository.resolve(revision))


def test_a_repository_without_a_baseline_knows_nothing_and_says_nothing(repo):
    repo.commit({"a.py": "x = 1\n", f"inner/{BASELINE}": GOOD})
    found = read(repo)
    assert (found.dismissals, found.left_out) == ((), ())


def test_nothing_is_known_of_nothing(repo):
    repo.commit({})
    found = read(repo, repo.empty)
    assert (found.dismissals, found.left_out) == ((), ())


def test_what_it_holds_was_known_before(repo):
    repo.commit({BASELINE: GOOD})
    (said,) = read(repo).dismissals
    assert (said.fingerprint, said.scope) == (FOUND.fingerprint, Scope.BASELINE)


def test_only_the_base_has_a_say(repo):
    base = repo.commit({"a.py": "x = 1\n"})
    repo.commit({BASELINE: GOOD})
    assert read(repo, base).dismissals == ()


def _link(repo):
    repo.commit({"elsewhere.json": GOOD})
    (repo.folder / BASELINE).symlink_to("elsewhere.json")
    repo.commit()


def _folder(repo):
    repo.commit({f"{BASELINE}/a": GOOD})


def _broken(repo):
    repo.commit({BASELINE: "<<<<<<< HEAD\n"})


def _bytes(repo):
    repo.commit({BASELINE: b"\xff\xfe\0"})


def _large(repo):
    repo.commit({BASELINE: GOOD + " " * MOST_BYTES})


def _missing(repo):
    repo.commit({BASELINE: GOOD})
    blob = repo.git("rev-parse", f"HEAD:{BASELINE}")
    (repo.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (_link, "it is not a regular file"),
        (_folder, "it is not a regular file"),
        (_broken, ":1: not JSON"),
        (_bytes, ":1: not JSON"),
        (_large, "over 16,000,000 are not read"),
        (_missing, "its content is not in this clone"),
    ],
)
def test_one_that_cannot_be_read_is_said_and_not_followed(repo, made, why):
    made(repo)
    found = read(repo)
    assert found.dismissals == ()
    (left,) = found.left_out
    assert left.step == BASELINE
    assert not left.by_choice
    assert left.why.startswith("it could not be read, so old findings count as new: ")
    assert f"{repo.git('rev-parse', 'HEAD')[:7]}:{BASELINE}" in left.why
    assert why in left.why
