"""What a sweep leaves to the next one, in the data folder."""

from __future__ import annotations

import pytest

from tasks.core.forge.lookout import Known, Memory
from tasks.forge.sweep_memory import recall, remember

BLOCK = "github-app/default"
MEMORY = Memory("rules", {"acme/shop": Known("W/1", "seen", quiet=True)})


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("REVIEW_HOME", str(tmp_path))
    return tmp_path


def test_of_a_first_sweep_nothing_is_known():
    assert recall(BLOCK) == Memory()


def test_each_block_has_its_own_and_the_last_one_holds():
    remember(BLOCK, Memory("older"))
    remember(BLOCK, MEMORY)
    remember("github-token/../../x", Memory())
    assert recall(BLOCK) == MEMORY
    assert recall("github-token/../../x") == Memory()


def test_what_is_damaged_is_as_if_nothing_was_known(data):
    remember(BLOCK, MEMORY)
    (file,) = (data / "sweep").iterdir()
    file.write_bytes(b"\xff\x00 half of it")
    assert recall(BLOCK) == Memory()
