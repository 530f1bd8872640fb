"""The local server: one for a data folder, found again, replaced when dead, ended when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deployments.server import Server, ServerError, healthy
from tasks.home import home


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("data"))
    yield server
    server.stop()


def test_the_data_folder_is_where_it_is_said_or_in_the_users_data_directory(tmp_path):
    def said(**environment):
        code = "from tasks.home import home; print(home())"
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        return Path(done.stdout.strip())

    assert said(REVIEW_HOME="~/mine") == tmp_path / "mine"
    assert said(XDG_DATA_HOME=str(tmp_path / "x")) == tmp_path / "x" / "prefect-review"
    assert said() == tmp_path / ".local" / "share" / "prefect-review"
    assert home().is_absolute()


def test_many_who_need_it_at_once_get_the_same_one(mine):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Server(mine.folder).ensure(), range(4)))

    assert healthy(mine.url)
    found = subprocess.run(
        ["pgrep", "--full", f"deployments.serve {mine.running().port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(found.stdout.split()) == 1


def test_one_that_lives_is_reused(mine):
    mine.ensure()
    before = mine.running()
    mine.ensure()

    assert mine.running() == before


def test_a_page_of_somebody_elses_may_not_use_it_from_a_browser(mine):
    """It would have a worker run any command."""
    mine.ensure()
    own = mine.url.removesuffix("/api")

    def may(origin):
        asked = urllib.request.Request(f"{mine.url}/health", headers={"Origin": origin})  # noqa: S310
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return answer.headers["access-control-allow-origin"] in {origin, "*"}

    assert may(own)
    assert may(own.replace("127.0.0.1", "localhost"))
    assert not may("https://example.org")


def test_one_that_was_killed_is_replaced_on_its_port_and_its_data_is_still_there(mine):
    mine.ensure()
    before = mine.running()
    os.killpg(before.pid, signal.SIGKILL)
    os.waitpid(before.pid, 0)
    assert mine.running() is None
    mine.ensure()

    assert mine.running().pid != before.pid
    assert mine.running().port == before.port
    assert healthy(mine.url)
    assert (mine.folder / "prefect" / "prefect.db").stat().st_size > 0


def test_a_port_that_is_taken_is_refused_and_the_one_that_lives_goes_on(mine):
    mine.ensure()
    before = mine.running()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServerError, match="is taken by another program"):
            mine.claim(taken.getsockname()[1])

    assert mine.running() == before


def test_another_port_that_is_asked_for_gets_it(mine):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mine.claim(port)
    mine.ensure()

    assert mine.url == f"http://127.0.0.1:{port}/api"
    assert healthy(mine.url)


def test_one_of_another_version_is_replaced(mine):
    mine.ensure()
    before = mine.running()
    state = mine.folder / "server.json"
    state.write_text(state.read_text().replace(before.version, "0.0/0.0"))
    mine.ensure()

    assert mine.running().pid != before.pid


def test_another_process_with_its_number_is_not_taken_for_it(mine):
    mine.ensure()
    state = mine.folder / "server.json"
    original = state.read_text()
    state.write_text(original.replace(f'"pid": {mine.running().pid}', f'"pid": {os.getpid()}'))

    assert mine.running() is None
    state.write_text(original)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_state_that_cannot_be_read_is_no_server(tmp_path, content):
    (tmp_path / "server.json").write_text(content)

    assert Server(tmp_path).running() is None


def test_stopping_ends_it_and_says_whether_there_was_one(mine):
    mine.ensure()
    url = mine.url

    assert mine.stop()
    assert not healthy(url)
    assert not mine.stop()


def test_a_server_that_was_given_is_neither_started_nor_replaced(tmp_path):
    given = Server(tmp_path, "http://127.0.0.1:9/api")

    with pytest.raises(ServerError, match=r"PREFECT_API_URL=http://127\.0\.0\.1:9/api"):
        given.ensure()
    assert not list(tmp_path.iterdir())
    assert "PREFECT_API_URL" not in given.client_settings()


def test_one_that_cannot_start_says_so_in_its_own_last_words(tmp_path):
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "prefect.db").write_text("this is no database " * 100)
    server = Server(tmp_path)

    with pytest.raises(ServerError, match=r"ended while it started: .*server\.log"):
        server.ensure()
    server.stop()
