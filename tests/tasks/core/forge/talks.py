"""Conversations about two findings, between an author, somebody who may write, and a stranger."""

from __future__ import annotations

import itertools

from tasks.core.context import PRContext
from tasks.core.forge.conversation import Conversation, Remark, Thread
from tasks.core.forge.dismissals import dismissals_of
from tasks.core.forge.markers import finding_mark
from tasks.core.policy import SayPolicy

AUTHOR, WRITER, STRANGER = "author", "writer", "stranger"
F, G, L = "f0" * 8, "90" * 8, "1e" * 8
BY_AUTHOR, BY_WRITER = SayPolicy(dismiss="author"), SayPolicy(dismiss="write")
NUMBERS = itertools.count(1)


def said(by: str, body: str, at: str = "1", **values) -> Remark:
    number = next(NUMBERS)
    about = {"author": by, **values}
    return Remark(id=f"R{number}", number=number, body=body, at=at, **about)


def thread(*answers: Remark, print_: str = F, fixed: str = "", **values) -> Thread:
    mark = finding_mark(print_, L, "0" * 40, fixed, rule="t/R", step="s")
    first = said("bot", f"{mark}\n\ntext", ours=True)
    return Thread(id=f"T{first.number}", path="a.py", remarks=(first, *answers), **values)


def talk(
    *threads: Thread,
    remarks: tuple[Remark, ...] = (),
    author: str = AUTHOR,
    writers: tuple[str, ...] = (WRITER,),
) -> Conversation:
    context = PRContext(repository="o/r", pr_number=1, author=author)
    return Conversation(
        context, me="bot", threads=threads, remarks=remarks, writers=frozenset(writers)
    )


def who(conversation: Conversation, say: SayPolicy = BY_AUTHOR) -> list[tuple[str, str, str]]:
    return [(d.fingerprint, d.by, d.why) for d in dismissals_of(conversation, say)]
