"""One connection to GitHub, for one repository: PyGithub, GraphQL, and what both lack.

Reads are repeated until they succeed or it is clear that they will not. A write is sent once:
only where the token was not believed, which had no effect, it is sent again.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from github import Github

from tasks.core.forge.address import Address
from tasks.forge.account import AGENT, VERSION, Account, settings
from tasks.forge.certificates import certificates
from tasks.forge.credentials import account_of
from tasks.forge.errors import Ambiguous
from tasks.forge.graphql import Answer, answer_of
from tasks.forge.pacing import READ, WRITE, pace_of
from tasks.forge.patience import OnWait, Patience
from tasks.forge.silence import silence
from tasks.forge.translation import error_of, translating

T = TypeVar("T")

TIMEOUT = 30
"""Seconds until GitHub connects, and until it says the next thing; it gives up after 10 itself:
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts"""


def connect(
    repository: str, using: str = "", *, on_wait: OnWait | None = None, timeout: int = TIMEOUT
) -> Connection:
    """Return a connection for ``owner/name``; call it in the task that uses it.

    Args:
        repository: ``owner/name``.
        using: a Prefect block, ``github-app/NAME`` or ``github-token/NAME``; empty: the
            environment's token, else the block that is named ``default``.
        on_wait: is told before each wait.
        timeout: seconds for an answer.

    Raises:
        CannotReview: there is nothing to connect with; the text says the ways there are.
    """
    return Connection(
        account_of(repository, using, timeout=timeout), repository, on_wait, timeout=timeout
    )


class Connection:
    """A connection for one worker: PyGithub's client is not made for several threads at once."""

    def __init__(
        self,
        account: Account,
        repository: str,
        on_wait: OnWait | None = None,
        *,
        timeout: int = TIMEOUT,
    ) -> None:
        silence()
        self.repository = repository
        self.account = account
        self.address: Address = account.address
        self.rest = Github(auth=account.auth, **settings(account.address, timeout))
        trusted = certificates()
        self._http = httpx.Client(
            timeout=timeout,
            headers={"User-Agent": AGENT},
            verify=ssl.create_default_context(cafile=trusted) if trusted else True,
        )
        self._patience = Patience(account, pace_of(account.key), on_wait or (lambda _wait: None))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def stop(self) -> None:
        """Let whoever waits in it, in another thread, stop waiting."""
        self._patience.stop()

    def close(self) -> None:
        """Give back what it holds; whoever waits in it stops waiting."""
        self.stop()
        self.rest.close()
        self._http.close()

    def token(self) -> str:
        """Return a token that is good for now, for git.

        Raises:
            ForgeError: GitHub gives none.
        """
        what = f"getting a token for {self.repository}"
        return self._patience.until_read(
            what, lambda limits: translating(self.account.token, what, limits)
        )

    def read(self, what: str, call: Callable[[], T]) -> T:
        """Return what a call of PyGithub reads; ``what`` begins the text of an error.

        Raises:
            ForgeError: it cannot be read.
        """

        def once(limits: int) -> T:
            self._ready(what, READ)
            return translating(call, what, limits, reads=True)

        return self._patience.until_read(what, once)

    def write(self, what: str, call: Callable[[], T], *, creates: bool = True) -> T:
        """Return what a call of PyGithub does with one request.

        ``creates`` says that it makes content, of which there are 80 a minute.

        Raises:
            ForgeError: it did not happen; ``Ambiguous``: or it did.
        """

        def once() -> T:
            self._ready(what, WRITE, creates=creates)
            return translating(call, what)

        return self._patience.until_believed(what, once)

    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any],
        *,
        write: bool = False,
        creates: bool = False,
        what: str = "asking GitHub",
    ) -> Answer:
        """Return what GitHub's GraphQL answers, which may be a part of it, with errors.

        Raises:
            ForgeError: nothing of it is there; of a write, ``Ambiguous``: it may have happened.
        """
        body = {"query": document, "variables": dict(variables)}

        def once(limits: int = 0) -> Answer:
            self._ready(what, WRITE if write else READ, creates=creates)
            answer = self._send("POST", self.address.graphql, body, what, limits)
            return answer_of(_json(answer, what), answer.headers, what, limits)

        if write:
            return self._patience.until_believed(what, once)
        return self._patience.until_read(what, once)

    def rest_call(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        creates: bool = False,
        what: str = "",
    ) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON that REST answers, for what PyGithub lacks; None where it is empty.

        Raises:
            ForgeError: as ``read`` and ``write`` do.
        """
        said = what or f"{verb} {path}"
        reads = verb in {"GET", "HEAD"}

        def once(limits: int = 0) -> Any:  # noqa: ANN401
            self._ready(said, READ if reads else WRITE, creates=creates)
            answer = self._send(verb, f"{self.address.api}{path}", body, said, limits)
            return _json(answer, said) if answer.content else None

        if reads:
            return self._patience.until_read(said, once)
        return self._patience.until_believed(said, once)

    def _ready(self, what: str, points: int, *, creates: bool = False) -> None:
        """Wait for room, and have a fresh token: what fails here has not reached GitHub."""
        self._patience.keep_pace(what, points, creates=creates)
        self.token()

    def _send(
        self, verb: str, url: str, body: Mapping[str, Any] | None, what: str, limits: int
    ) -> httpx.Response:
        """Send one request; return its answer if it is one of success."""
        headers = {
            "Authorization": f"Bearer {self.account.token()}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
        }
        answer = translating(
            lambda: self._http.request(verb, url, json=body, headers=headers), what, limits
        )
        if answer.is_success:
            return answer
        raise error_of(answer.status_code, answer.headers, _body(answer), what, limits)


def _body(answer: httpx.Response) -> object:
    """Return what the answer to a failure says; a proxy's is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def _json(answer: httpx.Response, what: str) -> Any:  # noqa: ANN401 - JSON
    """Return what an answer says.

    Raises:
        Ambiguous: it is cut off, or somebody else's.
    """
    try:
        return answer.json()
    except ValueError:
        pass
    raise Ambiguous(what, "the answer is not JSON")
