"""What waits is dealt with in order, once; what was dealt with is known for days."""

from __future__ import annotations

import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tasks.core.inbound.delivery import Delivery
from tasks.inbox import LABELS, Counts, Inbox
from tasks.inbox_file import CannotKeep

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = 1e12


@pytest.fixture
def path(tmp_path):
    return tmp_path / "webhook" / "inbox.db"


@pytest.fixture
def inbox(path):
    with Inbox(path) as inbox:
        yield inbox


def one(id_, body=b"{}"):
    return Delivery(id_, "push", body)


def ids(kept):
    return [one.delivery.id for one in kept]


def test_an_empty_inbox_has_nothing_to_do(inbox):
    assert inbox.due(LATER, 10) == ()
    assert inbox.next_due() is None
    assert inbox.counts() == Counts(0, 0, None)
    assert inbox.said("1") is None
    assert inbox.forget(LATER) == 0


def test_what_is_accepted_waits_as_it_came_in(inbox):
    before = time.time()
    delivery = Delivery("1", "pull_request", b"\x00\xff{}")

    assert inbox.accept(delivery, "a/b#1")

    (kept,) = inbox.due(LATER, 10)
    assert (kept.delivery, kept.lane, kept.attempts) == (delivery, "a/b#1", 0)
    assert before <= kept.received <= time.time()
    assert inbox.counts() == Counts(1, 0, kept.received)


def test_the_same_id_is_accepted_once_also_after_it_was_dealt_with(inbox):
    assert inbox.accept(one("1"))
    assert not inbox.accept(one("1", b"another body"))
    inbox.dealt("1", "done")
    assert not inbox.accept(one("1"))

    assert inbox.due(LATER, 10) == ()
    assert inbox.said("1") == "done"
    assert inbox.counts().waiting == 0


def test_of_a_lane_only_the_first_is_due_and_lanes_stand_side_by_side(inbox):
    for id_, lane in (("1", "a"), ("2", "a"), ("3", "b"), ("4", ""), ("5", "")):
        inbox.accept(one(id_), lane)

    assert ids(inbox.due(LATER, 10)) == ["1", "3", "4", "5"]
    assert ids(inbox.due(LATER, 2)) == ["1", "3"]
    assert ids(inbox.due(LATER, 10, {"b", "4"})) == ["1", "5"]

    inbox.dealt("1", "done")
    assert ids(inbox.due(LATER, 10)) == ["2", "3", "4", "5"]


def test_what_waits_behind_is_of_the_same_lane(inbox):
    for id_, lane in (("1", "a"), ("2", "b"), ("3", "a"), ("4", "a")):
        inbox.accept(one(id_, id_.encode()), lane)
    first, second = inbox.due(LATER, 2)

    assert inbox.behind(first) == one("3", b"3")
    assert inbox.behind(second) is None
    inbox.dealt("3", "done")
    assert inbox.behind(first) == one("4", b"4")


def test_what_is_to_be_tried_again_holds_up_its_lane_only_until_then(inbox):
    inbox.accept(one("1"), "a")
    inbox.accept(one("2"), "a")
    inbox.accept(one("3"), "b")
    inbox.again("1", "Prefect is away", 5e11)

    assert ids(inbox.due(4e11, 10)) == ["3"]
    assert inbox.next_due({"b"}) == 5e11
    (first, _) = inbox.due(5e11, 10)
    assert (first.delivery.id, first.attempts) == ("1", 1)
    assert inbox.said("1") == "Prefect is away"
    assert inbox.counts().tried == 1


def test_a_try_that_could_not_be_one_does_not_count(inbox):
    inbox.accept(one("1"))
    inbox.again("1", "Prefect is away", 0, counts=False)

    (kept,) = inbox.due(LATER, 10)
    assert kept.attempts == inbox.counts().tried == 0


def test_what_is_in_it_is_there_for_the_next_process(path):
    with Inbox(path) as inbox:
        inbox.accept(one("1", b"x" * 100_000), "a")
        inbox.accept(one("2"), "a")
        inbox.dealt("1", "done")
    with Inbox(path) as inbox:
        assert ids(inbox.due(LATER, 10)) == ["2"]
        assert not inbox.accept(one("1"))


def test_many_at_once_are_each_kept_once(inbox):
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda n: inbox.accept(one(str(n % 300))), range(600)))

    assert sum(answers) == 300
    assert inbox.counts().waiting == 300


def test_who_leaves_before_it_is_written_does_not_end_the_writing_for_others(path, inbox):
    with Inbox(path) as other:
        other.accept(one("0"))
        with sqlite3.connect(path) as busy:  # nothing is written while this has the file
            busy.execute("BEGIN IMMEDIATE")
            left = inbox.accepting(one("1"))
            assert left.cancel()
            busy.rollback()
        busy.close()
    assert inbox.accept(one("2"))
    assert "2" in ids(inbox.due(LATER, 10, ()))


def test_two_processes_worth_of_connections_share_the_file(path, inbox):
    with Inbox(path) as other:
        inbox.accept(one("1"))
        assert ids(other.due(LATER, 10)) == ["1"]
        other.dealt("1", "done")
    assert inbox.due(LATER, 10) == ()


def test_ids_are_forgotten_after_their_time_and_never_what_waits(inbox):
    inbox.accept(one("1"))
    inbox.accept(one("2"))
    inbox.dealt("1", "done")
    inbox.newest("a/b#1", NOON)

    assert inbox.forget(time.time() - 60) == 0
    assert inbox.forget(LATER) == 1
    assert inbox.accept(one("1"))
    assert not inbox.accept(one("2"))
    assert inbox.newest("a/b#1", NOON - timedelta(1))


def test_a_push_that_was_overtaken_is_outdated_and_the_same_time_is_not(inbox):
    assert inbox.newest("a/b#1", NOON)
    assert inbox.newest("a/b#1", NOON)
    assert not inbox.newest("A/B#1", NOON - timedelta(seconds=1))
    assert inbox.newest("a/b#2", NOON - timedelta(seconds=1))
    assert inbox.newest("a/b#1", NOON + timedelta(seconds=1))


def test_times_of_other_zones_are_the_same_times(inbox):
    east = timezone(timedelta(hours=9))
    assert inbox.newest("a/b#1", NOON)
    assert inbox.newest("a/b#1", NOON.astimezone(east))
    assert not inbox.newest("a/b#1", (NOON - timedelta(seconds=1)).astimezone(east))


def test_labels_are_outdated_by_whatever_is_later_and_outdate_only_labels(inbox):
    second = timedelta(seconds=1)
    assert inbox.newest("a/b#1", NOON, about=LABELS)
    assert inbox.newest("a/b#1", NOON - second)
    assert not inbox.newest("a/b#1", NOON - second, about=LABELS)
    assert inbox.newest("a/b#1", NOON + 2 * second)
    assert not inbox.newest("a/b#1", NOON + second, about=LABELS)


def test_nobody_else_can_read_it(path, inbox):
    inbox.accept(one("1"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_no_inbox_is_said_to_be_so(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database at all, by far" * 100)
    with pytest.raises(CannotKeep, match="cannot be opened"):
        Inbox(path)
