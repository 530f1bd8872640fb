"""What the doctor says: every line good, or with what to do."""

from __future__ import annotations

import json

import pytest

from tasks.core.doctor import (
    WIDTH,
    as_json,
    as_text,
    broken,
    good,
    poor,
    summary,
    unseen,
    works,
)

SERVER = good("server", "answers")
TOOLS = poor("tools", "no hadolint", "install the extra docker")
DISK = broken("disk", "full", "make room")
QUEUES = unseen("queues", "no server")


def test_nothing_looked_at_is_nothing_wrong():
    assert works([])
    assert as_text([]) == "\neverything is as it should be\n"


@pytest.mark.parametrize(
    ("checks", "well", "told"),
    [
        ([SERVER], True, "everything is as it should be"),
        ([SERVER, TOOLS], True, "1 ok, 1 poor"),
        ([SERVER, QUEUES], True, "everything is as it should be"),
        ([SERVER, TOOLS, DISK, QUEUES], False, "1 ok, 1 poor, 1 broken, 1 not seen"),
    ],
)
def test_only_what_is_broken_is_a_no(checks, well, told):
    assert works(checks) is well
    assert summary(checks) == told


def test_what_to_do_stands_below_what_was_seen():
    assert as_text([SERVER, DISK]) == (
        "ok        server  answers\n"
        "broken    disk    full\n"
        "                  -> make room\n"
        "\n"
        "1 ok, 1 broken\n"
    )


def test_a_long_line_goes_on_below_itself_and_acts_on_no_terminal():
    said = "\x1b[2J" + "word " * 60
    lines = as_text([broken("server", said, said)]).splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert "\x1b" not in "".join(lines)
    assert lines[1].startswith(" " * 18 + "word")


def test_a_line_with_nothing_to_say_is_still_there():
    assert as_text([good("server", "")]).startswith("ok        server\n")


def test_programs_get_the_same():
    told = json.loads(as_json([SERVER, DISK]))
    assert told["works"] is False
    assert told["checks"][1] == {
        "what": "disk",
        "health": "broken",
        "seen": "full",
        "todo": "make room",
    }
