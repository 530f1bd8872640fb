"""The Prefect tasks by which a review reads a pull request, fetches its commits, and speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any, TypeVar

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from tasks.core.context import PRContext
from tasks.core.forge.about import Trouble
from tasks.core.forge.conversation import Conversation
from tasks.core.forge.writes import Write
from tasks.errors import ReviewError
from tasks.forge.connection import Connection, connect
from tasks.forge.errors import Ambiguous, Unreachable
from tasks.forge.freshness import Freshness
from tasks.forge.mirror import Fetched, fetch_pull
from tasks.forge.patience import OnWait
from tasks.forge.read import read
from tasks.forge.said import NotSaid, Said
from tasks.forge.say import say
from tasks.forge.turn import NotMyTurn, turn
from tasks.home import home
from tasks.pulse import must_be_ours

Result = TypeVar("Result")

Decide = Callable[[Conversation, Trouble], tuple[Write, ...]]
GiveUp = Callable[[Conversation, Trouble, str], tuple[Write, ...]]

PASSING = (Unreachable, Ambiguous, NotSaid, NotMyTurn)
"""What may be over the next time: each try begins by reading what is there."""

RETRY_DELAYS = [2.0, 10.0, 30.0]
"""Seconds before another try of what has been tried in short order already."""

ATTEMPTS = 3
"""How often one such try bears with GitHub."""

FETCH_SECONDS, SAY_SECONDS = 1800, 900
"""What a first clone of a large repository takes; what waiting for short rate limits takes."""


class HungUp(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """Nobody wants to know any more; what is said of it is not heard."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How a pull request is reached: its name, whose token, and who hears of waits."""

    repository: str
    number: int
    using: str = ""
    on_wait: OnWait = lambda _wait: None
    _connections: list[Connection] = field(default_factory=list)
    _hung_up: Event = field(default_factory=Event)

    def connect(self) -> Connection:
        """Return a connection, with the secret that is loaded here and nowhere else.

        Raises:
            HungUp: nobody wants one any more.
        """
        if self._hung_up.is_set():
            raise HungUp(self.repository)
        connection = connect(self.repository, self.using, on_wait=self.on_wait)
        self._connections.append(connection)
        return connection

    def hang_up(self) -> None:
        """End what another thread does with it, as soon as it waits for something."""
        self._hung_up.set()
        for connection in self._connections:
            connection.stop()

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            HungUp: there is nothing to wait for any more.
        """
        if self._hung_up.wait(seconds):
            raise HungUp(self.repository)

    def read(self, connection: Connection, check: str, head: str = "") -> Conversation:
        """Return what GitHub has, with the checks of one head, or of the present one."""
        return read(connection, self.repository, self.number, check=check, head=head)


def read_pull(wire: Wire, check: str) -> Conversation:
    """Read a pull request; ``check`` names the check run that is ours."""

    def reading() -> Conversation:
        with wire.connect() as connection:
            return wire.read(connection, check)

    return _as_task("read_pull_request", "Everything GitHub has of it.", reading)


def fetch(wire: Wire, context: PRContext) -> Fetched:
    """Fetch a pull request's commits into the mirror of its repository."""

    def fetching() -> Fetched:
        with wire.connect() as connection:
            return fetch_pull(
                context,
                address=connection.address,
                token=connection.token,
                folder=home() / "mirrors",
            )

    return _as_task("fetch_commits", "Its commits, from git.", fetching, seconds=FETCH_SECONDS)


def speak(
    wire: Wire,
    decide: Decide,
    check: str,
    *,
    conversation: Conversation | None = None,
    head: str = "",
    checks_of: str = "",
    give_up: GiveUp | None = None,
) -> Said:
    """Do what is missing on GitHub, while no other process of this machine does.

    ``conversation`` is what is known and need not be read; ``head`` the one that all this is
    about, ``checks_of`` another one whose checks are to be ended.
    """
    known = [conversation] if conversation else []

    def speaking() -> Said:
        with turn(home() / "turns", wire.repository, wire.number), wire.connect() as connection:
            reading = partial(wire.read, connection, check, checks_of)
            return say(
                connection,
                known.pop() if known else reading(),
                decide,
                read=reading,
                head=head,
                give_up=give_up,
                attempts=ATTEMPTS,
                on_wait=wire.on_wait,
                freshness=Freshness(allowed=must_be_ours),
            )

    return _as_task("say_on_github", "What is missing there.", speaking, seconds=SAY_SECONDS)


def _as_task(
    name: str, description: str, act: Callable[[], Result], *, seconds: float = 300
) -> Result:
    """Run this as a task of the flow we are in, tried again where that may help.

    A closure has no parameters: nothing of it is shown or kept by Prefect.
    """
    task: Task[[], Result] = Task(
        act,
        name=name,
        description=description,
        task_run_name=name,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=RETRY_DELAYS,
        retry_jitter_factor=0.3,
        retry_condition_fn=_may_pass,
        timeout_seconds=seconds,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    return task()


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.data, PASSING)
