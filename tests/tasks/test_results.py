from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore

from tasks import results
from tasks.core.finding import Finding
from tasks.memory import Memory
from tasks.results import StoredMemory, memory_of

FOUND = (Finding(path="ä.py", line=1, rule="t/X", severity="error", message="\x1b[31m✗"),)


@pytest.fixture
def storage(tmp_path):
    return LocalFileSystem(basepath=str(tmp_path / "results"))


@pytest.fixture
def memory(storage):
    return memory_of(ResultStore(result_storage=storage), "o/n", 7)


def records(storage):
    return [path for path in Path(storage.basepath).rglob("*") if path.is_file()]


def test_with_no_day_to_live_nothing_is_remembered(storage):
    memory = memory_of(ResultStore(result_storage=storage), "o/n", 0)
    assert type(memory) is Memory
    memory.keep("tool", {"k": FOUND})
    assert memory.recall("tool", ["k"]) == {}


def test_nothing_is_known_at_first_and_nothing_kept_writes_nothing(memory, storage):
    assert memory.recall("tool", ["k"]) == {}
    memory.keep("tool", {})
    assert records(storage) == []


def test_what_was_kept_is_known_also_that_it_was_clean(memory):
    memory.keep("tool", {"k": FOUND, "clean": ()})
    assert memory.recall("tool", ["k", "clean", "other"]) == {"k": FOUND, "clean": ()}


def test_what_was_kept_later_is_added(memory):
    memory.keep("tool", {"a": FOUND})
    memory.keep("tool", {"b": ()})
    assert set(memory.recall("tool", ["a", "b"])) == {"a", "b"}


def test_another_process_knows_it_too(memory, storage):
    memory.keep("tool", {"k": FOUND})
    again = memory_of(ResultStore(result_storage=storage), "o/n", 7)
    assert again.recall("tool", ["k"]) == {"k": FOUND}


@pytest.mark.parametrize(("repository", "tool"), [("o/other", "tool"), ("o/n", "other")])
def test_another_repository_and_another_tool_know_nothing(memory, storage, repository, tool):
    memory.keep("tool", {"k": FOUND})
    other = memory_of(ResultStore(result_storage=storage), repository, 7)
    assert other.recall(tool, ["k"]) == {}


def test_what_is_too_old_is_forgotten(memory, storage):
    memory.keep("tool", {"k": FOUND})
    short = StoredMemory(memory.store, "o/n", timedelta(seconds=-1))
    assert short.recall("tool", ["k"]) == {}
    assert memory.recall("tool", ["k"]) == {"k": FOUND}
    assert len(records(storage)) == 1


def test_only_the_youngest_are_kept(memory):
    many = {str(n): () for n in range(results.MOST)}
    memory.keep("tool", many)
    memory.keep("tool", {"new": FOUND})
    known = memory.recall("tool", [*many, "new"])
    assert len(known) == results.MOST
    assert known["new"] == FOUND


def test_a_record_that_is_cut_off_anywhere_is_a_miss(memory, storage):
    memory.keep("tool", {"k": FOUND})
    (record,) = records(storage)
    whole = record.read_bytes()
    for length in range(0, len(whole), 7):
        record.write_bytes(whole[:length])
        assert memory.recall("tool", ["k"]) == {}
    record.write_bytes(whole)
    assert memory.recall("tool", ["k"]) == {"k": FOUND}


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 99, b"\xff\xfe", b"null", b"[]", b"{}", b'{"result": 1}', b"[" * 99_999],
)
def test_a_record_that_is_none_is_a_miss_and_is_written_anew(memory, storage, content):
    memory.keep("tool", {"old": ()})
    (record,) = records(storage)
    record.write_bytes(content)
    assert memory.recall("tool", ["old"]) == {}
    memory.keep("tool", {"k": FOUND})
    assert memory.recall("tool", ["k"]) == {"k": FOUND}


def test_a_store_that_takes_nothing_ends_no_review(memory, storage):
    Path(storage.basepath).write_text("a file where the folder should be")
    memory.keep("tool", {"k": FOUND})
    assert memory.recall("tool", ["k"]) == {}


def test_writers_side_by_side_leave_a_record_that_can_be_read(memory):
    threads = [
        threading.Thread(target=memory.keep, args=("tool", {f"{n}": FOUND})) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    memory.keep("tool", {"last": ()})
    known = memory.recall("tool", [*map(str, range(8)), "last"])
    assert known["last"] == ()
    assert all(found == FOUND for key, found in known.items() if key != "last")
