from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.core.policy import TestsPolicy
from tasks.interpreter import Interpreter
from tasks.room import NoAnswerError, Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "result").mkdir()
    (tmp_path / "settings").mkdir()
    return Room(tmp_path, Interpreter("/usr/bin/env"), TestsPolicy())


def test_a_regular_file_is_an_answer(room: Room, tmp_path: Path) -> None:
    (tmp_path / "result" / "answer").write_bytes(b"42")
    assert room.answer("answer", 2) == b"42"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _: None, "it left no answer"),
        (lambda path: path.symlink_to("/etc/passwd"), "cannot be opened"),
        (lambda path: path.symlink_to("nothing"), "cannot be opened"),
        (os.mkfifo, "no regular file"),
        (lambda path: path.mkdir(), "no regular file"),
        (lambda path: path.write_bytes(b"x" * 2_000_000), "larger than 1 MB"),
    ],
)
def test_anything_else_is_not_touched(
    room: Room, tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    make(tmp_path / "result" / "answer")
    with pytest.raises(NoAnswerError, match=why):
        room.answer("answer", 1024 * 1024)


def test_commands_see_the_folders_at_their_places(room: Room, tmp_path: Path) -> None:
    assert (room.tree, room.result) == ("/review", "/result")
    assert room.set_up("rules", "text") == "/settings/rules"
    opened = Room(tmp_path, room.interpreter, TestsPolicy(sandbox="none"))
    assert (opened.tree, opened.result) == (f"{tmp_path}/tree", f"{tmp_path}/result")
    assert opened.set_up("rules", "text") == f"{tmp_path}/settings/rules"


def test_a_room_where_nothing_ran_has_cost_nothing(room: Room) -> None:
    assert (room.use("pytest").calls, room.use("pytest").cpu_seconds) == (0, 0)
