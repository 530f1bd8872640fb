"""What was accepted outlives the death of its process; what could not be written is not there."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.inbox import Inbox

ROOT = Path(__file__).parents[2]

ACCEPTING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tasks.core.inbound.delivery import Delivery
from tasks.inbox import Inbox

inbox = Inbox(Path(sys.argv[1]))

def accept(start):
    for number in count(start, 4):
        inbox.accept(Delivery(str(number), "push", b"x" * 3000), "a")
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()

with ThreadPoolExecutor(4) as threads:
    list(threads.map(accept, range(4)))
"""

FULL = """
import resource, sys
from pathlib import Path
from tasks.core.inbound.delivery import Delivery
from tasks.inbox import Inbox
from tasks.inbox_file import CannotKeep

inbox = Inbox(Path(sys.argv[1]))
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)

def accept(id_, size):
    try:
        print(id_, inbox.accept(Delivery(id_, "push", b"x" * size)))
    except CannotKeep as error:
        print(id_, "cannot be written" in str(error))

accept("before", 1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, most))
waiting = [inbox.accepting(Delivery(f"at once {n}", "push", b"x" * size))
           for n, size in enumerate((1000, 2_000_000, 1000))]
print(*(repr(one.exception())[:10] if one.exception() else one.result() for one in waiting))
accept("large", 2_000_000)
accept("small", 1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
accept("large", 2_000_000)
"""


def start(code, path):
    return subprocess.Popen(
        [sys.executable, "-c", code, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("lines", [1, 150, 400])
def test_every_id_that_a_killed_process_has_told_is_kept(tmp_path, lines):
    path = tmp_path / "inbox.db"
    process = start(ACCEPTING, path)
    assert process.stdout
    told = {process.stdout.readline().strip() for _ in range(lines)}
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().splitlines(keepends=True)
    told |= {line.strip() for line in rest if line.endswith("\n")}  # the last may be cut short
    process.wait()

    with Inbox(path) as inbox:
        assert {id_ for id_ in told if inbox.said(id_) is None} == set()
        assert inbox.counts().waiting >= lines
        (first,) = inbox.due(1e12, 10)
        assert first.delivery.body == b"x" * 3000


def test_a_full_disk_refuses_what_has_no_room_and_keeps_nothing_of_it(tmp_path):
    """The disk is one that takes no more than 400 kB in a file."""
    path = tmp_path / "inbox.db"
    said, _ = start(FULL, path).communicate()

    assert said.splitlines() == [
        "before True",
        "True CannotKeep True",
        "large True",
        "small True",
        "large True",
    ]
    with Inbox(path) as inbox:
        kept = [inbox.said(id_) for id_ in ("at once 0", "at once 1", "at once 2", "small")]
        assert kept == ["", None, "", ""]
        assert {len(one.delivery.body) for one in inbox.due(1e12, 10)} == {1000, 2_000_000}
