from __future__ import annotations

import os
import time

import pytest

from tasks.errors import CannotReview
from tasks.forge.errors import BadCredentials, Gone, NotAllowed, Unreachable
from tasks.forge.git_remote import FetchBounds
from tests.tasks.forge.git_server import AUTHORIZATION, TOKEN
from tests.tasks.forge.mirrored import gits_in, leftovers, pull_request


@pytest.fixture
def pull(make_repo, tmp_path):
    with pull_request(make_repo, tmp_path) as pull:
        yield pull


STATUSES = [
    (401, BadCredentials, "does not accept the token"),
    (403, NotAllowed, "contents: read"),
    (404, Gone, "check the name"),
    (302, CannotReview, "another name"),
    (429, Unreachable, "429"),
    (500, Unreachable, "500"),
    (503, Unreachable, "503"),
]


@pytest.mark.parametrize(("status", "error", "text"), STATUSES)
def test_every_refusal_says_what_to_do(pull, status, error, text):
    pull.served.fails(status, times=9)
    with pytest.raises(error, match=text) as caught:
        pull.fetch()
    assert str(caught.value).startswith("fetching acme/shop#1: ")
    assert TOKEN not in str(caught.value)
    assert AUTHORIZATION.split()[1] not in repr(caught.value)
    assert len(pull.served.asked) == 1


def test_a_redirect_is_not_followed(pull):
    pull.served.fails(302)
    with pytest.raises(CannotReview):
        pull.fetch()
    assert pull.fetch().head == pull.head()


@pytest.mark.parametrize("token", ["", "another"])
def test_who_may_not_see_a_repository_is_told(pull, token):
    pull.token = token
    with pytest.raises((BadCredentials, Gone)):
        pull.fetch()


def test_a_server_that_is_not_there_is_unreachable(pull):
    port, pull.served.port = pull.served.port, 1
    with pytest.raises(Unreachable, match="try again"):
        pull.fetch()
    pull.served.port = port
    assert pull.fetch().head == pull.head()


def test_a_server_that_stumbles_is_asked_again(pull):
    pull.bounds = FetchBounds(attempts=2)
    pull.served.fails(502)
    assert pull.fetch().head == pull.head()


def test_half_a_pack_does_not_stay(pull):
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({"large.bin": os.urandom(300_000)})
    pull.served.cut = 100_000
    with pytest.raises(Unreachable):
        pull.fetch(head_sha=head)
    assert not leftovers(pull)
    pull.served.cut = 1 << 60
    assert pull.fetch(head_sha=head).head == head


def test_a_pack_larger_than_we_take_is_said_and_does_not_stay(pull):
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({"large.bin": os.urandom(300_000)})
    pull.bounds = FetchBounds(max_bytes=100_000)
    with pytest.raises(CannotReview, match="larger than"):
        pull.fetch(head_sha=head)
    assert not leftovers(pull)


def test_a_fetch_without_end_is_ended_with_all_it_started(pull):
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({"large.bin": os.urandom(300_000)})
    pull.served.delay = 0.1
    pull.bounds = FetchBounds(seconds=1.5)
    with pytest.raises(Unreachable, match="had not ended"):
        pull.fetch(head_sha=head)
    assert not leftovers(pull)
    until = time.monotonic() + 2  # a killed process takes its moment
    while gits_in(pull.folder):
        assert time.monotonic() < until
    pull.served.delay = 0
    assert pull.fetch(head_sha=head).head == head


def test_an_old_repository_with_padded_modes_is_fetched(pull):
    blob = pull.repo.blob("x\n")
    raw = b"0100644 a.txt\0" + bytes.fromhex(blob)
    git = pull.repo.git
    tree = git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)
    head = git("commit-tree", "-p", "feature", "-m", "from 2009", tree)
    git("update-ref", "refs/heads/feature", head)
    assert pull.fetch(head_sha=head).head == head


def test_a_tree_that_could_be_read_in_two_ways_is_refused(pull):
    blob, other = pull.repo.blob("x\n"), pull.repo.blob("y\n")
    tree = pull.repo.tree((0o100644, b"a", blob), (0o100644, b"a", other))
    head = pull.repo.git("commit-tree", "-p", "feature", "-m", "twice", tree)
    pull.repo.git("update-ref", "refs/heads/feature", head)
    with pytest.raises(CannotReview, match=r"an object that git refuses.*duplicateEntries"):
        pull.fetch(head_sha=head)
