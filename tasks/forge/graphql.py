"""What GitHub's GraphQL answers: data, errors, or some of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.core.forge.limits import TOO_MANY, TOO_QUICKLY
from tasks.forge.errors import Ambiguous, BadCredentials, ForgeError, Gone, NotAllowed, Refused
from tasks.forge.translation import error_of

LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
"""https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""

FORBIDDEN = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "SAML_FAILURE"})

UNSURE = "something went wrong while executing your query"
"""How GitHub says that it ran out of time or failed; it may have done a part:
https://github.com/orgs/community/discussions/24631"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error. ``type`` is GitHub's word, or empty; ``path`` leads to the null in the data."""

    message: str
    type: str = ""
    path: tuple[str | int, ...] = ()

    def error(self, what: str) -> ForgeError:
        """Return the error to raise where this is in the way."""
        if self.type == "NOT_FOUND":
            return Gone(what, self.message)
        if self.type in FORBIDDEN or "not accessible by" in self.message:
            return NotAllowed(what, self.message)
        if self.type == "UNAUTHORIZED":
            return BadCredentials(what, self.message)
        if not self.type and self.message.lower().startswith(UNSURE):
            return Ambiguous(what, self.message)
        return Refused(what, self.message, 200)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for, and what is missing of it: each error's path has a null."""

    data: Mapping[str, Any]
    errors: tuple[Trouble, ...] = field(default=())


def answer_of(body: object, headers: Mapping[str, str], what: str, limits: int = 0) -> Answer:
    """Return the answer to a document, whose HTTP status was that of success.

    Raises:
        ForgeError: nothing of what was asked for is there, or a rate limit is in the way.
    """
    if not isinstance(body, Mapping) or not ("data" in body or "errors" in body):
        raise Ambiguous(what, "the answer is none of GraphQL")
    errors = tuple(_trouble(error) for error in body.get("errors") or ())
    for error in errors:
        said = error.message.lower()
        if error.type in LIMITED or "rate limit" in said or TOO_QUICKLY in said:
            # the status may be 200 then; the rest of the answer is as for REST
            raise error_of(TOO_MANY, headers, {"message": error.message}, what, limits)
    data = body.get("data")
    if isinstance(data, Mapping) and not (errors and all(part is None for part in data.values())):
        return Answer(data, errors)
    raise errors[0].error(what) if errors else Ambiguous(what, "the answer has no data")


def _trouble(error: object) -> Trouble:
    found = error if isinstance(error, Mapping) else {"message": str(error)}
    return Trouble(
        str(found.get("message") or ""),
        str(found.get("type") or ""),
        tuple(found.get("path") or ()),
    )
