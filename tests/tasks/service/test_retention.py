"""What is removed of files, and what is not: young ones, others', and those in use."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.scratch import scratch_folder
from tasks.service.retention import free_audits, free_mirrors, free_results, free_scratch

DAY = 86_400
LONG_AGO = time.time() - 100 * DAY
MONTH_AGO = time.time() - 30 * DAY


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("REVIEW_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def storage(data):
    folder = data / "prefect" / "storage"
    folder.mkdir(parents=True)
    return folder


def written(path: Path, text: str = "12345", at: float = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def record(until: str) -> str:
    return '{"metadata":{"storage_key":"x","expiration":' + until + '},"result":"..."}'


PAST = f'"{(datetime.now(UTC) - timedelta(days=1)).isoformat()}"'
FUTURE = f'"{(datetime.now(UTC) + timedelta(days=1)).isoformat()}"'


def test_where_there_is_nothing_nothing_is_removed(data, tmp_path):
    for freed in (
        free_results(tmp_path / "nowhere", MONTH_AGO, dry=False),
        free_audits(MONTH_AGO, dry=False),
        free_mirrors(14, dry=False),
        free_mirrors(14, dry=True),
    ):
        assert (freed.removed, freed.bytes) == (0, 0)
    assert not data.exists()


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("a" * 64, record(FUTURE), LONG_AGO),
        ("a" * 64, record("null"), LONG_AGO),
        ("a" * 64, "no record at all", LONG_AGO),
        ("a" * 64, record('"soon, very soon"'), LONG_AGO),
        ("kept-" + "a" * 64, record("null"), time.time()),
        ("said-" + "a" * 64, record("null"), time.time()),
        ("a" * 32, record("null"), time.time()),
        ("somebodys-report", record("null"), LONG_AGO),
    ],
    ids=["good", "endless", "no record", "no date", "kept", "said", "young", "not ours"],
)
def test_a_result_stays_that_is_good_or_young_or_not_ours(storage, name, text, at):
    path = written(storage / name, text, at)
    assert free_results(storage, MONTH_AGO, dry=False).removed == 0
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("a" * 64, record(PAST), time.time()),
        ("kept-" + "a" * 64, record("null"), LONG_AGO),
        ("said-" + "a" * 64, record("null"), LONG_AGO),
        ("a" * 32, record("null"), LONG_AGO),
    ],
    ids=["past", "kept", "said", "of a run"],
)
def test_a_result_goes_that_nobody_will_read(storage, name, text, at):
    path = written(storage / name, text, at)
    dry = free_results(storage, MONTH_AGO, dry=True)
    assert path.exists()
    assert (dry.removed, dry.bytes) == (1, len(text))
    assert free_results(storage, MONTH_AGO, dry=False) == dry
    assert not path.exists()


def test_in_a_folder_of_others_what_has_no_name_is_theirs(tmp_path):
    path = written(tmp_path / "theirs" / ("a" * 32), record("null"))
    assert free_results(path.parent, MONTH_AGO, dry=False).removed == 0


def test_the_last_audit_of_a_repository_stays_however_old_it_is(data):
    shop = data / "audits" / "acme" / "shop"
    older = written(shop / "1.sarif", at=LONG_AGO - 1)
    old = written(shop / "2.sarif")
    dry = free_audits(MONTH_AGO, dry=True)
    assert older.exists()
    assert free_audits(MONTH_AGO, dry=False) == dry
    assert (dry.removed, dry.bytes, old.exists(), older.exists()) == (1, 5, True, False)


def test_a_young_audit_stays(data):
    shop = data / "audits" / "acme" / "shop"
    written(shop / "1.sarif", at=time.time())
    written(shop / "2.sarif", at=time.time())
    assert free_audits(MONTH_AGO, dry=False).removed == 0


def test_a_scratch_folder_goes_when_its_process_is_gone_and_not_before(tmp_path):
    with scratch_folder(str(tmp_path)) as ours:
        left = written(tmp_path / "review-1-abc" / "copy" / "a.py").parent.parent
        written(tmp_path / "review-notes" / "mine.txt")
        dry = free_scratch(tmp_path, dry=True, young=-1)
        assert (dry.removed, dry.bytes, left.exists()) == (1, 5, True)
        assert free_scratch(tmp_path, dry=False, young=-1) == dry
        assert not left.exists()
        assert Path(ours).exists()
    assert (tmp_path / "review-notes" / "mine.txt").exists()


def test_a_scratch_folder_that_is_just_made_is_left_alone(tmp_path):
    left = written(tmp_path / "review-1-abc" / "a.py").parent
    assert free_scratch(tmp_path, dry=False).removed == 0
    assert left.exists()


def test_a_mirror_goes_that_no_review_has_used(data):
    mirrors = data / "mirrors" / "github.com" / "acme"
    used = written(mirrors / "used.git" / "used" / ("a" * 40), at=time.time())
    unused = written(mirrors / "unused.git" / "used" / ("b" * 40))
    dry = free_mirrors(14, dry=True)
    assert unused.exists()
    assert dry.removed == 1
    assert free_mirrors(14, dry=False).removed == 1
    assert not unused.exists()
    assert used.exists()
