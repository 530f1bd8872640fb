"""Reports that a run keeps for itself, in a real storage."""

from __future__ import annotations

import pytest
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore

from tasks.core.report import Report, did_not_look
from tasks.kept_steps import is_kept, keep_step, key_to_use

REPORT = did_not_look("code_quality", "it was not installed")


@pytest.fixture
def store(tmp_path):
    return ResultStore(result_storage=LocalFileSystem(basepath=str(tmp_path)))


def test_where_nothing_is_kept_nothing_is_found(store):
    assert not is_kept(store, "a")
    assert key_to_use(store, "", "") is None


def test_what_is_kept_comes_back_whatever_it_says(store):
    keep_step(store, "a", REPORT)
    assert is_kept(store, "a")
    assert store.read("a").result == REPORT


def test_the_first_key_with_a_report_is_used_else_the_first_that_is_free(store):
    assert key_to_use(store, "a", "b") == "a"
    assert key_to_use(store, "", "b") == "b"
    keep_step(store, "b", REPORT)
    assert key_to_use(store, "a", "b") == "b"


@pytest.mark.parametrize("cut", [0, 10, -10])
def test_a_record_that_was_cut_off_is_none_and_is_written_anew(store, tmp_path, cut):
    keep_step(store, "a", REPORT)
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[:cut])

    assert not is_kept(store, "a")
    assert key_to_use(store, "a", "b") != "a" or not store.exists("a")
    keep_step(store, "a", REPORT)
    assert is_kept(store, "a")


def test_what_is_no_report_is_not_taken_for_one(store):
    store.write("something else", key="a")
    assert not is_kept(store, "a")
    assert key_to_use(store, "a") is None


def test_a_storage_that_takes_nothing_fails_no_step(tmp_path):
    (tmp_path / "a").mkdir()
    store = ResultStore(result_storage=LocalFileSystem(basepath=str(tmp_path)))
    keep_step(store, "a", Report(step="a"))
    assert not is_kept(store, "a")
