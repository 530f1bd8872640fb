"""A whole review of the scene's pull request, said: by a test, or as a program that is killed.

``python -m tests.tasks.forge.speaker API FOLDER HEAD FIRST LAST`` says findings on the lines FIRST
to LAST of ``new.py`` at HEAD; the token is in ``SPEAKER_TOKEN``, in ``SPEAKER_FRESH`` how
old what it has read may be.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from tasks.core.finding import Finding
from tasks.core.forge.address import Address
from tasks.core.forge.saying import to_begin, to_fail, to_say
from tasks.forge.account import TokenAccount
from tasks.forge.connection import Connection
from tasks.forge.freshness import SECONDS, Freshness
from tasks.forge.patience import OnWait
from tasks.forge.read import read
from tasks.forge.say import Said, say
from tasks.forge.turn import turn
from tests.tasks.core.forge.scenes import about, changed, finding, verdict
from tests.tasks.forge.scene import CHECK, SHOP

PATH = "new.py"
LINES = range(1, 41)


def findings_on(lines: Iterable[int], *, path: str = PATH) -> list[Finding]:
    """Return one error for each line, known by its number."""
    return [finding(n, path=path, line=n, severity="error") for n in lines]


def speak(
    connection: Connection,
    head: str,
    findings: Iterable[Finding],
    *,
    run: str = "run-1",
    lines: range = LINES,
    sleep: Callable[[float], None] = time.sleep,
    on_wait: OnWait = lambda _wait: None,
    fresh: float = SECONDS,
) -> Said:
    """Show that it is looked at, then say the verdict: as a flow does, with nothing in between."""
    mine = about(changed(PATH, lines), changed("old.py", range(50, 51)), run=run)
    answer = verdict(*findings).model_copy(update={"head": head})
    again = partial(read, connection, SHOP, 1, check=CHECK)
    saying = partial(
        say,
        connection,
        read=again,
        head=head,
        give_up=lambda seen, trouble, why: to_fail(seen, mine, why, trouble),
        sleep=sleep,
        on_wait=on_wait,
    )
    saying(
        again(),
        lambda seen, trouble: to_begin(seen, mine, "in_progress", trouble),
        freshness=Freshness(fresh),
    )
    return saying(
        again(),
        lambda seen, trouble: to_say(answer, seen, mine, trouble),
        freshness=Freshness(fresh),
    )


def main(api: str, folder: str, head: str, first: str, last: str) -> None:
    token = os.environ["SPEAKER_TOKEN"]
    with (
        turn(Path(folder), SHOP, 1),
        Connection(TokenAccount(Address.of(api), token), SHOP) as connection,
    ):
        found = findings_on(range(int(first), int(last) + 1))
        speak(connection, head, found, fresh=float(os.environ.get("SPEAKER_FRESH", SECONDS)))


if __name__ == "__main__":
    main(*sys.argv[1:])
