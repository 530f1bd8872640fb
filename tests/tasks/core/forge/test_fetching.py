from __future__ import annotations

import pytest

from tasks.core.context import PRContext
from tasks.core.forge.fetching import (
    BASE,
    PULL,
    TOLERATED,
    Failure,
    Kind,
    Wants,
    configuration,
    failure_of,
    otherwise,
    wants_of,
)

HEAD, OLD = "a" * 40, "b" * 40
CONTEXT = PRContext(
    repository="acme/shop", pr_number=7, base_branch="main", base_sha=OLD, head_sha=HEAD
)
URL = "https://github.com/acme/shop.git"
FIRST = Wants(f"+refs/heads/main:{BASE}", f"+{HEAD}:refs/review/{HEAD}")


def test_the_base_is_wanted_by_its_name_and_the_head_by_its_id():
    assert wants_of(CONTEXT, head_is_here=False) == FIRST
    assert FIRST.refspecs == (FIRST.base, FIRST.head)


def test_a_head_that_is_here_is_not_wanted_again():
    assert wants_of(CONTEXT, head_is_here=True).refspecs == (FIRST.base,)


def test_a_base_without_a_name_is_wanted_by_its_id():
    context = CONTEXT.model_copy(update={"base_branch": ""})
    assert wants_of(context, head_is_here=True).base == f"+{OLD}:refs/review/{OLD}"


@pytest.mark.parametrize(
    ("failure", "other"),
    [
        (Failure(Kind.UNREACHABLE, ""), {}),
        (Failure(Kind.NO_SUCH_REF, "", "refs/heads/mai"), {}),
        (Failure(Kind.NO_SUCH_REF, "", "refs/pull/7/head"), {}),
        (Failure(Kind.NOT_SERVED, "", OLD), {}),
        (Failure(Kind.NO_SUCH_REF, "", "refs/heads/main"), {"base": f"+{OLD}:refs/review/{OLD}"}),
        (Failure(Kind.NOT_SERVED, "", HEAD), {"head": f"+refs/pull/7/head:{PULL}"}),
    ],
)
def test_only_what_is_missing_is_wanted_otherwise(failure, other):
    wanted = {"base": FIRST.base, "head": FIRST.head} | other
    assert otherwise(FIRST, CONTEXT, failure) == Wants(**wanted)


def test_what_has_no_other_name_is_not_wanted_otherwise():
    bare = CONTEXT.model_copy(update={"base_sha": "", "pr_number": None})
    assert otherwise(FIRST, bare, Failure(Kind.NO_SUCH_REF, "", "refs/heads/main")) == FIRST
    assert otherwise(FIRST, bare, Failure(Kind.NOT_SERVED, "", HEAD)) == FIRST


REFUSED = f"fatal: unable to access '{URL}/': The requested URL returned error: "

SAID = [
    ("", Kind.OTHER, ""),
    ("fatal: something new", Kind.OTHER, ""),
    ("fatal: couldn't find remote ref refs/heads/x", Kind.NO_SUCH_REF, "refs/heads/x"),
    (f"fatal: remote error: upload-pack: not our ref {HEAD}", Kind.NOT_SERVED, HEAD),
    (
        f"error: Server does not allow request for unadvertised object {HEAD}",
        Kind.NOT_SERVED,
        HEAD,
    ),
    ("fatal: could not read Username for 'https://x': disabled", Kind.BAD_CREDENTIALS, ""),
    (f"fatal: Authentication failed for '{URL}/'", Kind.BAD_CREDENTIALS, ""),
    (f"remote: Write access to repository not granted.\n{REFUSED}403", Kind.NOT_ALLOWED, ""),
    (f"{REFUSED}301", Kind.MOVED, ""),
    (
        f"remote: Repository not found.\nfatal: repository '{URL}/' not found",
        Kind.NO_REPOSITORY,
        "",
    ),
    ("fatal: unable to access 'x': SSL certificate problem: expired", Kind.CERTIFICATE, ""),
    (
        "fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output",
        Kind.NO_ROOM,
        "",
    ),
    ("fatal: write error: File too large\nfatal: index-pack failed", Kind.TOO_LARGE, ""),
    (f"error: object {HEAD}: duplicateEntries: twice\nfatal: fsck error in", Kind.BROKEN, ""),
    (f"{REFUSED}502", Kind.UNREACHABLE, ""),
    ("fatal: unable to access 'x': Could not resolve host: x", Kind.UNREACHABLE, ""),
    (
        "error: RPC failed; curl 18 transfer closed\nfatal: early EOF\nfatal: index-pack failed",
        Kind.UNREACHABLE,
        "",
    ),
    ("fatal: fetch-pack: invalid index-pack output", Kind.UNREACHABLE, ""),
    ("fatal: pack is corrupted (SHA1 mismatch)", Kind.UNREACHABLE, ""),
    ("fatal: not a git repository: 'x'", Kind.DAMAGED, ""),
    (f"fatal: bad object {HEAD}", Kind.DAMAGED, ""),
    (f"fatal: loose object {HEAD} (stored in x) is corrupt", Kind.DAMAGED, ""),
    (f"remote: fatal: bad object {HEAD}", Kind.OTHER, ""),
]


@pytest.mark.parametrize(("said", "kind", "about"), SAID)
def test_what_git_says_has_a_meaning(said, kind, about):
    failure = failure_of(said)
    assert (failure.kind, failure.about) == (kind, about)
    assert not failure.said.startswith(("fatal", "error", "remote"))


def test_every_kind_of_failure_is_told_from_git_s_words():
    assert {kind for _, kind, _ in SAID} == set(Kind)


def test_the_line_that_says_why_is_the_one_that_is_repeated():
    failure = failure_of(f"error: object {HEAD}: treeNotSorted: x\nfatal: fsck error in packed")
    assert failure.said == f"object {HEAD}: treeNotSorted: x"
    assert failure_of("").said == "it failed without a word"


def test_git_gets_who_we_are_for_this_repository_only():
    text = configuration(URL, "Basic abc", 60)
    assert f'[http "{URL}"]\n\textraHeader = "Authorization: Basic abc"\n' in text
    assert "Authorization" not in configuration(URL, "", 60)


@pytest.mark.parametrize(("url", "scheme"), [(URL, "https"), ("http://127.0.0.1:1/a/b", "http")])
def test_git_may_speak_one_protocol(url, scheme):
    text = configuration(url, "", 60)
    assert f'[protocol "{scheme}"]\n\tallow = "always"' in text
    assert text.count("allow =") == 1


def test_a_url_cannot_end_its_section():
    text = configuration('https://x/"]\n', "Basic abc", 60)
    assert '[http "https://x/\\"]' in text


def test_what_old_tools_wrote_wrong_is_tolerated_and_what_deceives_is_not():
    text = configuration(URL, "", 60)
    assert all(f'\t{name} = "ignore"' in text for name in TOLERATED)
    for name in ("treeNotSorted", "duplicateEntries", "hasDotgit", "fullPathname"):
        assert name not in text
