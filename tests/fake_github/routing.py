"""Requests, answers, and which function answers what."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode

from tests.fake_github.access import Caller, may, refusal, sees
from tests.fake_github.state import Pull, Repo

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

DOCS = "https://docs.github.com/rest"


@dataclass
class Answer:
    """What is answered; `body` None: nothing, else it becomes JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """GitHub says no."""

    def __init__(self, status: int, message: str, errors: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.answer = refused(status, message, errors)


def refused(status: int, message: str, errors: Sequence[Any] = ()) -> Answer:
    """An error as GitHub writes it."""
    body = {"message": message, "documentation_url": DOCS, "status": str(status)}
    return Answer(status, body | ({"errors": list(errors)} if errors else {}))


def not_found() -> RefusedError:
    return RefusedError(404, "Not Found")


def unprocessable(*errors: str) -> RefusedError:
    """A 422 of the newer sort: pull request reviews."""
    return RefusedError(422, "Unprocessable Entity", errors)


def invalid(resource: str, field_: str, code: str, message: str) -> RefusedError:
    """A 422 of the older sort: comments, statuses, check runs."""
    error = {"resource": resource, "field": field_, "code": code, "message": message}
    return RefusedError(422, "Validation Failed", (error,))


@dataclass
class Request:
    """A request to the REST API, with what its path names."""

    hub: Hub
    caller: Caller
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    parts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def repo(self) -> Repo:
        found = self.hub.repo(f"{self.parts['owner']}/{self.parts['repo']}")
        if found is None or not sees(self.caller, found):
            raise not_found()
        return found

    @cached_property
    def pull(self) -> Pull:
        name = "pull_number" if "pull_number" in self.parts else "issue_number"
        pull = self.hub.pull(self.repo, self.number(name))
        if pull is None:
            raise not_found()
        return pull

    def number(self, name: str) -> int:
        """A number of the path."""
        if not self.parts[name].isdecimal():
            raise not_found()
        return int(self.parts[name])

    def demand(self, *permissions: str, level: str = "write") -> None:
        """Go on only if the caller has one of these rights."""
        if not any(may(self.caller, self.repo, permission, level) for permission in permissions):
            raise RefusedError(403, refusal(self.caller, permissions[0]))

    def page(self, items: Sequence[Any], shape: Callable[[Any], Any], key: str = "") -> Answer:
        """Answer with a page of a list, and the `Link` to the others."""
        size = min(max(int(self.query.get("per_page", 30)), 1), 100)
        number = max(int(self.query.get("page", 1)), 1)
        last = max(-(-len(items) // size), 1)
        shown = [shape(item) for item in items[(number - 1) * size : number * size]]
        relations = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        there = {"prev", "first"} if number > 1 else set()
        there |= {"next", "last"} if number < last else set()
        url = self.hub.api_url + self.path
        links = ", ".join(
            f'<{url}?{urlencode(self.query | {"page": str(at)})}>; rel="{name}"'
            for name, at in relations.items()
            if name in there
        )
        body = {"total_count": len(items), key: shown} if key else shown
        return Answer(200, body, {"Link": links} if links else {})


@dataclass(frozen=True)
class Route:
    """A call that is known. `needs` are the rights of which one is enough; none: no repository."""

    method: str
    template: str
    answer: Callable[[Request], Answer]
    needs: tuple[str, ...] = ()
    app_only: bool = False  # for the JWT of an App

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.template))

    @property
    def level(self) -> str:
        return "read" if self.method == "GET" else "write"

    def parts(self, method: str, path: str) -> dict[str, str] | None:
        """What the placeholders stand for; None: it is another call."""
        found = self.pattern.fullmatch(path) if method == self.method else None
        return {k: unquote(v) for k, v in found.groupdict().items()} if found else None

    def __call__(self, request: Request) -> Answer:
        if self.app_only != (request.caller.kind == "app"):
            raise RefusedError(401, "A JSON web token could not be decoded")
        if self.needs:
            request.demand(*self.needs, level=self.level)
        return self.answer(request)
