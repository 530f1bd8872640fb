"""One request and what becomes of it: faults, limits, who it is, the answer, the record."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.fake_github import rest
from tests.fake_github.access import Caller, sees
from tests.fake_github.calls import Call
from tests.fake_github.conditional import conditional
from tests.fake_github.limits import Meter, exceeded
from tests.fake_github.rest_accounts import app_caller
from tests.fake_github.routing import Answer, RefusedError, Request, refused

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub
    from tests.fake_github.misfortune import Misfortune

GRAPHQL = "/api/graphql"
REST = "/api/v3"
JWT = "eyJ"
NOT_AN_OBJECT = "Problems parsing JSON"


@dataclass
class Exchange:
    """What a request asked, and what is answered."""

    hub: Misfortune
    call: Call
    headers: Mapping[str, str]
    raw: bytes

    def answer(self) -> Answer:
        """Do what is asked, and count it; a fault may say otherwise, or cut the connection."""
        hub, call = self.hub, self.call
        early = hub.strike(call, "before")
        if early:
            return early
        if call.is_write and hub.before_write:
            hub.before_write(call)
        with hub.lock:
            answer = self._answer()
            call.status, call.took_effect = answer.status, _is_done(answer)
        self._check(answer)
        if call.is_write and hub.after_write:
            hub.after_write(call)
        return hub.strike(call, "after", answer) or answer

    def _answer(self) -> Answer:
        try:
            caller = _caller(self.hub, self.headers.get("Authorization", ""))
        except RefusedError as error:
            return error.answer
        self.call.account = caller.login
        resource = "graphql" if self.call.kind == "graphql" else "core"
        meter = self.hub.meters.setdefault(f"{caller.login} {resource}", Meter())
        meter.turn(self.call.at)
        answer = exceeded(self.hub.limits, meter, caller, self.call)
        if answer is None:
            meter.count(self.call)
            answer = self._done(caller)
            answer = conditional(answer, self.headers)
            free = answer.status == HTTPStatus.NOT_MODIFIED or self.call.path == "/rate_limit"
            meter.used += not free
        answer.headers |= meter.headers(self.hub.limits.most(caller, resource), resource)
        if caller.kind == "classic":
            answer.headers["X-OAuth-Scopes"] = ", ".join(caller.scopes)
        return answer

    def _done(self, caller: Caller) -> Answer:
        """Do it."""
        body = self.call.body
        if not isinstance(body, dict):
            return refused(400, NOT_AN_OBJECT)
        if self.call.kind == "graphql":
            from tests.fake_github import graphql  # graphql-core is slow to import

            if caller.kind == "app":
                return refused(401, "A JSON web token could not be decoded")
            asked = body.get("query", ""), body.get("variables"), body.get("operationName")
            return Answer(200, graphql.answer(self.hub, caller, *asked))
        query = dict(parse_qsl(self.call.query, keep_blank_values=True))
        request = Request(self.hub, caller, self.call.path, query, body)
        return rest.answer(self.call.method, request)

    def _check(self, answer: Answer) -> None:
        """Hold what was asked and answered against GitHub's description."""
        hub, call = self.hub, self.call
        if hub.validator and call.kind == "rest":
            found = hub.validator.check(
                call.method,
                call.path,
                dict(parse_qsl(call.query, keep_blank_values=True)),
                call.body if self.raw else None,
                answer.status,
                answer.body,
                self.headers,
            )
            hub.violations.extend(found)


def parse(raw: bytes) -> Any:
    """The JSON of a body: an empty one is an empty object, what is none is None."""
    try:
        return json.loads(raw) if raw else {}
    except ValueError:
        return None


def _caller(hub: Hub, authorization: str) -> Caller:
    scheme, _, token = authorization.partition(" ")
    if not token:
        raise RefusedError(401, "Requires authentication")
    if token.startswith(JWT) and scheme == "Bearer":
        return app_caller(hub, token)
    caller = hub.caller(token) if scheme.lower() in {"bearer", "token"} else None
    if caller is None:
        raise RefusedError(401, "Bad credentials")
    return caller


def may_fetch(hub: Hub, authorization: str, full_name: str) -> bool:
    """Whether git may read a repository: the token is the password, the user's name is ignored."""
    repo = hub.repo(full_name)
    if repo is None:
        return False
    if not authorization:
        return not repo.private
    try:
        _, _, token = base64.b64decode(authorization[len("Basic ") :]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    caller = hub.caller(token)
    return caller is not None and sees(caller, repo)


def _is_done(answer: Answer) -> bool:
    """Whether a request was done; GraphQL also says no with status 200."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return answer.status < HTTPStatus.BAD_REQUEST and ("errors" not in body or "data" in body)
