"""Git of the fake GitHub, fetched from by the real one."""

from __future__ import annotations

import pytest

from tests.tasks.forge.fake_github.conftest import SHOP


@pytest.fixture
def mirror(make_repo):
    return make_repo("mirror", "--bare")


def fetch(shop, mirror, what, token="", ok=(0,)):
    url = f"{shop.hub.web_url.replace('//', f'//x-access-token:{token}@' if token else '//')}"
    return mirror.git("fetch", "-q", f"{url}/{SHOP}.git", what, ok=ok)


def test_a_pull_request_is_fetched_by_its_ref_and_by_its_commit(shop, mirror):
    head = shop.pull.head_sha
    fetch(shop, mirror, "refs/pull/1/head")
    assert mirror.git("rev-parse", "FETCH_HEAD") == head
    shop.repo.git("commit", "-q", "--amend", "--no-edit", "--date=2001-01-01T00:00:00Z")
    fetch(shop, mirror, "refs/pull/1/head")
    assert mirror.git("rev-parse", "FETCH_HEAD") == shop.repo.git("rev-parse", "feature") != head
    fetch(shop, mirror, head)  # pushed over, and still there
    assert {call.kind for call in shop.hub.calls} == {"git"}


def test_a_private_repository_wants_a_token_that_is_good(shop, mirror):
    shop.pull.repo.private = True
    shop.app()
    app = shop.hub.apps[7]
    good = shop.hub.installation_token(app, app.installed_on[SHOP]).token
    fetch(shop, mirror, "refs/pull/1/head", good)
    for bad in ("", "no", shop.hub.token("eve")):
        fetch(shop, mirror, "refs/pull/1/head", bad, ok=(128,))
    shop.hub.pass_time(shop.hub.token_lifetime)
    fetch(shop, mirror, "refs/pull/1/head", good, ok=(128,))


@pytest.mark.parametrize("how", ["drop", "502", "truncate", "401"])
def test_git_meets_faults_too(shop, mirror, how):
    # several times: git itself tries again where a connection that it kept was dropped
    shop.hub.fault(path=r"git-upload-pack$", how=how, after_bytes=100, times=9)
    fetch(shop, mirror, "main", ok=(1, 128))
    shop.hub.faults.clear()
    fetch(shop, mirror, "main")


def test_nobody_pushes(shop):
    shop.repo.git("push", "-q", f"{shop.hub.web_url}/{SHOP}.git", "main:other", ok=(1, 128))
    assert shop.repo.git("branch", "--list", "other") == ""
