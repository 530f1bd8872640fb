"""What a delivery of GitHub's asks for: by its event, its action, and the few fields we read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from tasks.core.inbound import meanings
from tasks.core.inbound.delivery import Delivery
from tasks.core.inbound.payloads import (
    Event,
    OfCheck,
    OfInstallation,
    OfIssueComment,
    OfPull,
    OfRepositories,
    OfSuite,
    OfThreadComment,
    Part,
)
from tasks.core.inbound.wishes import Ignore, Wish


class Malformed(ValueError):  # noqa: N818 - a sentence, as all of our errors read
    """A body that is not what GitHub describes; the text says what and where."""


Read = Callable[[bytes], Wish]
SomePart = TypeVar("SomePart", bound=Part)


def _as(payload: type[SomePart], meaning: Callable[[SomePart], Wish]) -> Read:
    return lambda body: meaning(payload.model_validate_json(body))


_head = _as(OfPull, meanings.review_head)
_labels = _as(OfPull, meanings.reprioritise)
_installed = _as(OfInstallation, meanings.installed)

WISHES: Mapping[str, Mapping[str, Read]] = MappingProxyType(
    {
        "pull_request": {
            "opened": _head,
            "reopened": _head,
            "synchronize": _head,
            "ready_for_review": _head,
            "labeled": _labels,
            "unlabeled": _labels,
            "closed": _as(OfPull, meanings.end),
        },
        "issue_comment": {"created": _as(OfIssueComment, meanings.ordered_on_pull)},
        "pull_request_review_comment": {
            "created": _as(OfThreadComment, meanings.ordered_in_thread)
        },
        "check_run": {"rerequested": _as(OfCheck, meanings.check_again)},
        "check_suite": {"rerequested": _as(OfSuite, meanings.suite_again)},
        "installation": {"created": _installed, "unsuspend": _installed},
        "installation_repositories": {"added": _as(OfRepositories, meanings.added)},
    }
)
"""Which actions of which events ask for something, and who reads what."""

ONCE_ONLY = "an order counts when it is given: write a new comment"
REASONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("issue_comment", "edited"): ONCE_ONLY,
        ("issue_comment", "deleted"): ONCE_ONLY,
        ("pull_request_review_comment", "edited"): ONCE_ONLY,
        ("pull_request_review_comment", "deleted"): ONCE_ONLY,
        ("installation", "deleted"): "GitHub lets us do nothing there any more",
        ("installation", "suspend"): "GitHub lets us do nothing there until it is unsuspended",
        ("installation_repositories", "removed"): "GitHub lets us do nothing there any more",
    }
)
"""Why nothing is done about what somebody might expect something of."""

PONG = "pong"
FORM = (
    "the body is a form: choose application/json as the content type"
    " where the webhook is set up on GitHub"
)
SHOWN = 50
"""So many characters of a name that we do not know are repeated, and so many of our errors."""


def wish_of(delivery: Delivery) -> Wish:
    """Return what a delivery asks of the service; what we do not know asks for nothing.

    Raises:
        Malformed: its body is no JSON object, or not what GitHub describes of this event.
    """
    event, action = delivery.event, ""
    try:
        said = Event.model_validate_json(delivery.body).action
        action = said if isinstance(said, str) else ""
        if event == "ping":
            return Ignore(PONG)
        read = WISHES.get(event, {}).get(action)
        return read(delivery.body) if read else Ignore(_why_not(event, action))
    except ValidationError as error:
        raise Malformed(_sentence(_named(event, action), delivery.body, error)) from None


def _why_not(event: str, action: str) -> str:
    why = REASONS.get((event, action), "nothing here asks for a review")
    return f"{_named(event, action)}: {why}"


def _named(event: str, action: str) -> str:
    """Return event and action, as they may be shown: both could be anything."""
    words = (ascii(word[:SHOWN])[1:-1] for word in (event, action) if word)
    return " ".join(words) or "an event without a name"


def _sentence(what: str, body: bytes, error: ValidationError) -> str:
    if body.startswith((b"payload=", b"payload%")):
        return f"{what}: {FORM}"
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    first = problems[0]
    where = ".".join(str(step) for step in first["loc"]) or "the body"
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{what}: {where}: {first['msg']}{others}"
