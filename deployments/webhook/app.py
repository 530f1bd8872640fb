"""The web application: what GitHub tells us goes in, and who watches it may ask how it does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.service.child import Say
from deployments.webhook.answer import ACCEPTED, AWAY, OK, Answer, refused, told
from deployments.webhook.counting import Tally, inbox_text
from deployments.webhook.dealer import Dealer
from deployments.webhook.receiving import Receiver
from deployments.webhook.secret_file import SecretFile
from deployments.webhook.watching import Watch
from tasks.core.render.escape import one_line
from tasks.inbox import Inbox

PATH = "/github/webhook"
FAULT = 500
TEXT = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


class Webhook:
    """What the application answers with."""

    def __init__(self, inbox: Inbox, secrets: SecretFile, using: str, say: Say) -> None:
        self.dealer = Dealer(using, say)
        self.tally = Tally()
        self._inbox, self._say = inbox, say
        self._watch = Watch(inbox, self.dealer)
        self._receiver = Receiver(inbox, secrets.known, self.dealer.wake)

    async def receive(self, request: Request) -> Response:
        """Answer a delivery."""
        began = time.perf_counter()
        answer = await self._receiver.receive(request)
        self.tally.count(answer, time.perf_counter() - began)
        if answer.status != ACCEPTED:  # of that one, who deals with it tells
            who = answer.event or "somebody"
            self._say(f"{who}: {answer.status}: {one_line(answer.reason)}")
        return told(answer)

    async def health(self) -> Response:
        """Say that we are alive."""
        return told(Answer(OK, "alive", "it answers"))

    async def ready(self) -> Response:
        """Say whether a delivery would become a review now."""
        missing = await self._watch.missing()
        if missing:
            return told(Answer(AWAY, "not ready", "; ".join(missing)))
        return told(Answer(OK, "ready", "what is accepted is dealt with, and reviewed"))

    async def metrics(self) -> Response:
        """Tell Prometheus."""
        waiting = inbox_text(self._inbox.counts(), time.time())
        return Response(self.tally.text() + waiting + await self._watch.figures(), media_type=TEXT)


class Counted:
    """Counts the statuses of what is answered."""

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self._app, self._tally = app, tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tally.count_status(message["status"])
            await send(message)

        await self._app(scope, receive, counting)


def application(inbox: Inbox, secrets: SecretFile, using: str, say: Say) -> ASGIApp:
    """Return the application; while it lives it has somebody deal with the inbox."""
    webhook = Webhook(inbox, secrets, using, say)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        kept = asyncio.create_task(webhook.dealer.keep())
        yield
        await webhook.dealer.close()
        kept.cancel()

    app = FastAPI(lifespan=living, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route(PATH, webhook.receive, methods=["POST"])
    app.add_api_route("/health", webhook.health)
    app.add_api_route("/ready", webhook.ready)
    app.add_api_route("/metrics", webhook.metrics)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_exception_handler(Exception, _fault)
    return Counted(app, webhook.tally)


async def _unknown(_: Request, error: Exception) -> Response:
    """Answer what is asked for nothing we know, or in a way that we do not know."""
    if not isinstance(error, HTTPException):
        raise error
    return told(refused(error.status_code, error.detail, headers=error.headers))


async def _fault(_: Request, __: Exception) -> Response:
    """Answer what we have made a mistake about; uvicorn's log has it all."""
    return told(refused(FAULT, "a mistake of ours; the log has more"))
