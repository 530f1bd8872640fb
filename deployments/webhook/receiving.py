"""Decides about a request of GitHub's: who has sent it, what it wants, and that it is kept."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence

from starlette.requests import ClientDisconnect, Request

from deployments.webhook.answer import (
    ACCEPTED,
    AWAY,
    IGNORED,
    KNOWN,
    MALFORMED,
    SLOW,
    TAKEN,
    TOO_LARGE,
    UNSIGNED,
    WRONG_TYPE,
    Answer,
    refused,
)
from tasks.core.inbound.delivery import Delivery
from tasks.core.inbound.lanes import lane_of
from tasks.core.inbound.reading import Malformed, wish_of
from tasks.core.inbound.signature import Seal
from tasks.core.inbound.wishes import Ignore
from tasks.inbox import Inbox
from tasks.inbox_file import CannotKeep

LARGEST = 25 * 1024 * 1024
"""Bytes: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap"""

AT_ONCE = 8 * LARGEST
"""Bytes of all bodies that are being read: a crowd of large ones must not take the memory."""

PATIENCE = 10.0
"""Seconds for a body to come in; GitHub itself waits no longer for the whole answer."""

POLITE, POLITENESS = 1024 * 1024, 1.0
"""Bytes and seconds of a body that are read though it is refused already."""

LARGE = 256 * 1024
"""Bytes from which a body is read by a thread: the loop has others to answer."""

EVENT = re.compile(r"[a-z0-9_]{1,60}")
ID = re.compile(r"[A-Za-z0-9-]{1,100}")

SIGNATURE, NAMED, NUMBERED = b"x-hub-signature-256", b"x-github-event", b"x-github-delivery"

LATER = {"retry-after": "60"}


class Receiver:
    """Answers deliveries; ``wake`` is called for each that was kept."""

    def __init__(
        self, inbox: Inbox, secrets: Callable[[], Sequence[bytes]], wake: Callable[[], None]
    ) -> None:
        self._inbox, self._secrets, self._wake = inbox, secrets, wake
        self._reading = 0

    async def receive(self, request: Request) -> Answer:
        """Return the answer to a request; where it says accepted, the delivery is on disk."""
        secrets = self._secrets()
        seal = Seal(secrets)
        body = _wrong(request, secrets) or await self._body(request, seal)
        if isinstance(body, Answer):
            await _read_on(request)
            return body
        if not seal.proves(_header(request, SIGNATURE)):
            return refused(
                UNSIGNED,
                "X-Hub-Signature-256 is not made with our secret, or not of this body: compare "
                "the secret with `review connect webhook`'s; a proxy must not change the body",
            )
        delivery = Delivery(
            _header(request, NUMBERED).decode(), _header(request, NAMED).decode(), body
        )
        return await self._kept(delivery)

    async def _body(self, request: Request, seal: Seal) -> bytes | Answer:
        """Return the body, or why it is not read."""
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(PATIENCE):
                async for piece in request.stream():
                    size += len(piece)
                    self._reading += len(piece)
                    if size > LARGEST:
                        return _too_large()
                    if self._reading > AT_ONCE:
                        return refused(AWAY, "too much is sent at the same time", headers=LATER)
                    pieces.append(piece)
                    seal.add(piece)
        except TimeoutError:
            return refused(SLOW, f"the body did not come in within {PATIENCE:.0f} s")
        except ClientDisconnect:
            return refused(MALFORMED, "the body ended before its end")
        finally:
            self._reading -= size
        return b"".join(pieces)

    async def _kept(self, delivery: Delivery) -> Answer:
        """Read what a delivery of GitHub's wants, and keep it where that is anything."""
        large = len(delivery.body) > LARGE
        try:
            wish = await asyncio.to_thread(wish_of, delivery) if large else wish_of(delivery)
        except Malformed as error:
            return refused(MALFORMED, str(error), event=delivery.event)
        if isinstance(wish, Ignore):
            return Answer(TAKEN, IGNORED, wish.why, delivery.event)
        try:
            new = await asyncio.wrap_future(self._inbox.accepting(delivery, lane_of(wish)))
        except CannotKeep as error:
            return refused(AWAY, str(error), event=delivery.event, headers=LATER)
        if not new:
            return Answer(TAKEN, KNOWN, "this delivery was accepted before", delivery.event)
        self._wake()
        return Answer(TAKEN, ACCEPTED, "it is kept, and dealt with next", delivery.event)


async def _read_on(request: Request) -> None:
    """Read some of what we do not want: who is cut off while sending does not hear the answer."""
    size = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(POLITENESS):
            async for piece in request.stream():
                size += len(piece)
                if size > POLITE:
                    return


def _wrong(request: Request, secrets: Sequence[bytes]) -> Answer | None:
    """Return what can be said against a request before its body is read."""
    if not secrets:
        return refused(
            AWAY, "no secret is known here: `review connect webhook` makes one", headers=LATER
        )
    if not _header(request, SIGNATURE):
        return refused(
            UNSIGNED,
            "the header X-Hub-Signature-256 is missing: give the webhook on GitHub a secret, "
            "the one that `review connect webhook` has made",
        )
    length = _header(request, b"content-length")
    if length.isdigit() and int(length[:20]) > LARGEST:
        return _too_large()
    type_ = _header(request, b"content-type").split(b";")[0].strip().lower()
    if type_ != b"application/json":
        return refused(
            WRONG_TYPE, "choose the content type application/json in the webhook's settings"
        )
    for name, header, form in (
        ("X-GitHub-Event", NAMED, EVENT),
        ("X-GitHub-Delivery", NUMBERED, ID),
    ):
        said = _header(request, header)
        if not form.fullmatch(said.decode("latin-1")):
            how = "is missing" if not said else "is none of GitHub's"
            return refused(MALFORMED, f"the header {name} {how}")
    return None


def _header(request: Request, name: bytes) -> bytes:
    """Return a header's bytes as they were sent; nothing where it is missing, or there twice."""
    found = [value for key, value in request.scope["headers"] if key == name]
    return bytes(found[0]) if len(found) == 1 else b""


def _too_large() -> Answer:
    return refused(TOO_LARGE, f"a body has at most {LARGEST:,} bytes")
