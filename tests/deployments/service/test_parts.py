"""The parts of the service that need no server: processes, records, logs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from deployments.server import Server, ServerError
from deployments.service.child import Child, shorten
from deployments.service.identity import Process
from deployments.service.log import Added, to_both, to_file
from deployments.service.record import Record, State, Wanted
from deployments.service.supervisor import Supervisor
from deployments.service.workers import environment
from tests.deployments.warm.driver import wait_until


@pytest.fixture
def record(tmp_path):
    record = Record(tmp_path)
    record.make()
    return record


@pytest.fixture
def child(tmp_path):
    said = []
    child = Child("one", [sys.executable, "-c", "input()"], {}, tmp_path / "one.log")
    yield child, said
    child.ask_to_end()
    child.make_end(time.monotonic() + 10)


@pytest.fixture
def sleeper(child):
    child, said = child
    child.command = ["sleep", "600"]
    child.tend(said.append)
    return child, said


def test_who_lives_is_left_alone(sleeper):
    child, said = sleeper
    before = child.process
    child.tend(said.append)

    assert child.process == before
    assert said == ["one: started"]


def test_who_was_killed_is_started_again_at_once_and_it_is_said_how_it_ended(sleeper):
    child, said = sleeper
    before = child.process
    signal.pidfd_send_signal(os.pidfd_open(before.pid), signal.SIGKILL)
    wait_until(lambda: not before.alive)
    child.tend(said.append)

    assert child.process != before
    assert child.process.alive
    assert said[1].startswith("one: ended by SIGKILL; it starts again at once")


def test_who_dies_again_and_again_is_started_later_each_time(child):
    child, said = child
    child.command = ["false"]
    for _ in range(2):
        child.tend(said.append)
        wait_until(lambda: child.process is None or not child.process.alive)
    child.tend(said.append)

    assert [line.split(";")[1] for line in said if "ended" in line] == [
        " it starts again at once",
        " it starts again in 1 s",
    ]
    assert "with status 1" in said[1]
    assert child.process is None


def test_who_does_not_end_is_made_to(child):
    child, said = child
    child.command = ["sh", "-c", "trap '' TERM; sleep 600 & wait; wait"]
    child.tend(said.append)
    before = child.process
    child.ask_to_end()
    child.make_end(time.monotonic())

    assert not before.alive


def test_a_log_that_has_grown_large_becomes_the_older_one(tmp_path):
    log = tmp_path / "one.log"
    shorten(log, 10)  # there is none yet
    log.write_text("short")
    shorten(log, 10)
    assert log.read_text() == "short"
    log.write_text("it is long by now")
    shorten(log, 10)

    assert log.read_text() == ""
    assert (tmp_path / "one.log.1").read_text() == "it is long by now"


def test_another_process_with_its_number_is_not_taken_for_it():
    own = Process.of(os.getpid())

    assert own.alive
    assert not Process(own.pid, "1").alive
    assert not Process(own.pid, "").alive


def test_nothing_is_wanted_or_there_where_nobody_has_said_so(record):
    assert record.wanted() is None
    assert record.state() is None
    assert record.running() is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"serial": "1"}'])
def test_a_record_that_cannot_be_read_says_nothing(record, content):
    for name in ("wanted.json", "state.json"):
        (record.folder / name).write_text(content)

    assert record.wanted() is None
    assert record.state() is None


def test_what_is_written_down_is_read_again(record):
    wanted = Wanted("1", workers=3, port=4200)
    own = Process.of(os.getpid())
    state = State(own, "3/1", reached="1", workers=(("one", own),))
    record.ask(wanted)
    record.keep(state)

    assert record.wanted() == wanted
    assert record.running() == state
    record.forget()
    assert record.wanted() is None


def test_one_at_a_time_is_the_supervisor(record):
    with record.alone() as first, record.alone() as second:
        assert (first, second) == (True, False)
    with record.alone() as again:
        assert again


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ServerError, match="REVIEW_HOME"):
        Record(tmp_path / "file").make()


def test_only_whole_lines_that_were_added_since_are_shown(tmp_path, capsys):
    log = tmp_path / "log"
    assert list(Added(log)) == []
    to_file(log)("before")
    news = Added(log)
    to_both(log)("the server: answers")
    with log.open("a") as file:
        file.write("2026-01-01 half a")

    (line,) = news
    assert line.endswith(" the server: answers")
    assert capsys.readouterr().out.endswith(" the server: answers\n")
    assert list(news) == []


def test_workers_talk_to_our_server_whatever_the_environment_says_and_keep_peoples_pace(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PREFECT_HOME", "/somewhere/else")
    monkeypatch.setenv("PREFECT_WORKER_QUERY_SECONDS", "7")
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "somebody's")
    said = environment(Server(tmp_path))

    assert said["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert said["PREFECT_WORKER_QUERY_SECONDS"] == "7"
    assert said["PREFECT_WORKER_HEARTBEAT_SECONDS"] == "15"
    assert said["REVIEW_HOME"] == str(tmp_path)
    assert "PREFECT__FLOW_RUN_ID" not in said


def test_workers_of_a_server_elsewhere_ask_again_when_it_is_away_for_a_moment(tmp_path):
    name = "PREFECT_CLIENT_RETRY_EXTRA_CODES"

    assert name not in environment(Server(tmp_path))
    assert "500" in environment(Server(tmp_path, "http://prefect.example/api"))[name].split(",")


def test_a_log_on_a_full_disk_ends_nobody():
    to_file(Path("/dev/full"))("nobody will read this")


def test_a_supervisor_outlives_that_its_files_cannot_be_read_and_says_so_once(record):
    wrong, said = record.folder / "wanted.json", []
    wrong.mkdir()

    def mend():
        wrong.rmdir()
        os.kill(os.getpid(), signal.SIGTERM)

    ends = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in ends}
    timer = threading.Timer(1, mend)
    timer.start()
    try:
        state = State(Process.of(os.getpid()), "1")
        Supervisor(record, Server(record.home), state, said.append).run()
    finally:
        timer.join()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert [line.partition(":")[0] for line in said] == [
        "cannot go on for the moment",
        "told to end (SIGTERM)",
    ]
