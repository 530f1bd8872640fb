from __future__ import annotations

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tasks.forge.git_remote import Remote, _in_memory, authorization
from tests.tasks.forge.git_server import AUTHORIZATION, TOKEN
from tests.tasks.forge.mirrored import gits_in, pull_request

SECRETS = TOKEN, AUTHORIZATION.split()[1]


@pytest.fixture
def pull(make_repo, tmp_path):
    with pull_request(make_repo, tmp_path) as pull:
        yield pull


def holds_a_secret(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


def test_who_has_no_token_says_nothing():
    assert authorization("") == ""
    assert authorization(TOKEN) == AUTHORIZATION


def test_a_remote_does_not_show_its_token():
    assert not holds_a_secret(repr(Remote("https://github.com/acme/shop.git", lambda: TOKEN)))


def test_the_token_is_in_no_argument_environment_or_file(pull, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)  # as Actions sets it
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({"large.bin": os.urandom(200_000)})
    pull.served.delay = 0.02
    fetching = threading.Thread(target=pull.fetch, kwargs={"head_sha": head})
    fetching.start()
    seen, files = {}, set()
    while fetching.is_alive():
        seen |= gits_in(pull.folder)
        files |= {path for path in tmp_path.rglob("*") if path.is_file()}
        time.sleep(0.02)
    programs = " ".join(line for line, _ in seen.values())
    assert all(name in programs for name in ("fetch", "remote-http", "index-pack"))
    assert not any(holds_a_secret(text) for texts in seen.values() for text in texts)
    assert any("mirrors" in path.parts for path in files)
    for path in files:
        if path.exists():
            assert not holds_a_secret(path.read_bytes().decode("latin-1")), path


def test_settings_in_memory_can_be_read_as_often_as_git_does_and_are_gone_after():
    with _in_memory("[a]\n") as (path, files):
        assert [Path(path).read_text(), Path(path).read_text()] == ["[a]\n", "[a]\n"]
        assert files
    assert not Path(path).exists()


def test_where_no_file_can_be_in_memory_nobody_else_reads_it_and_it_goes(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    with _in_memory("[a]\n") as (path, _):
        assert Path(path).read_text() == "[a]\n"
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert not Path(path).exists()


def test_a_fresh_token_is_asked_for_at_every_fetch(pull):
    asked = []
    pull.fetch()
    remote = Remote(f"{pull.served.url}/acme/shop.git", lambda: asked.append(1) or TOKEN)
    mirror = next(pull.folder.glob("*/*/*.git"))
    hold = os.open(mirror, os.O_RDONLY)
    try:
        for _ in range(2):
            refspec = "+refs/heads/main:refs/incoming/base"
            remote.fetch(mirror, [refspec], hold=hold, bounds=pull.bounds)
    finally:
        os.close(hold)
    assert len(asked) == 2
