"""Turn what three libraries raise, and what GitHub answers, into our own few errors."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
import requests
from github import GithubException

from tasks.core.forge.limits import wait_of
from tasks.errors import CannotReview, ReviewError
from tasks.forge.errors import (
    Ambiguous,
    BadCredentials,
    ForgeError,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
    Unreachable,
)

T = TypeVar("T")

FOREIGN = (
    GithubException,
    requests.RequestException,
    httpx.HTTPError,
    httpx.StreamError,
    json.JSONDecodeError,
)
"""Everything that talking to GitHub raises on its way; anything else is a mistake of ours."""

CUT = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    json.JSONDecodeError,
)
"""An answer that began and did not end: PyGithub's own retries do not see these."""

RIGHTS = ("x-accepted-github-permissions", "x-accepted-oauth-scopes")
"""Where GitHub says which permissions would do: https://docs.github.com/en/rest/using-the-rest-api/
troubleshooting-the-rest-api#resource-not-accessible"""


UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""What OpenSSL says of a certificate whose signer is not known here; nothing was sent then."""


def translating(call: Callable[[], T], what: str, limits: int = 0, *, reads: bool = False) -> T:
    """Return what a library does, or raise our error for its.

    Ours is raised outside of the handler: theirs have the request in them, and so the token.
    With ``reads``, PyGithub has asked again by itself, as often as makes sense.

    Raises:
        ForgeError: as ``translated`` says.
        CannotReview: whoever answers in GitHub's place is not trusted here.
    """
    try:
        return call()
    except FOREIGN as error:
        trouble: ReviewError = translated(error, what, limits)
        if reads and isinstance(trouble, Ambiguous) and not isinstance(error, CUT):
            trouble = Unreachable(what, trouble.message)
    raise trouble


def translated(error: Exception, what: str, limits: int = 0) -> ReviewError:
    """Return our error for one of ``FOREIGN``.

    ``limits`` is how many answers in a row before this one were a rate limit.
    """
    if isinstance(error, GithubException):
        return error_of(error.status, error.headers or {}, error.data, what, limits)
    if UNTRUSTED in str(error):
        return CannotReview(
            f"{what}: GitHub's certificate is not trusted here; name the file of your company's "
            "certificates in SSL_CERT_FILE"
        )
    # what these hold and say may have the request in it: only what happened is taken over
    return Ambiguous(what, _HAPPENED.get(type(error), type(error).__name__))


_HAPPENED: dict[type[Exception], str] = {
    requests.ConnectTimeout: "no connection in time",
    requests.ReadTimeout: "no answer in time",
    requests.ConnectionError: "the connection failed",
    requests.exceptions.ChunkedEncodingError: "the connection broke within the answer",
    httpx.ConnectTimeout: "no connection in time",
    httpx.ReadTimeout: "no answer in time",
    httpx.ConnectError: "the connection failed",
    httpx.RemoteProtocolError: "the connection broke within the answer",
    httpx.ReadError: "the connection broke",
    json.JSONDecodeError: "the answer is not JSON",
}


def error_of(
    status: int, headers: Mapping[str, Any], data: object, what: str, limits: int = 0
) -> ForgeError:
    """Return our error for an answer of GitHub that is none of success."""
    given = {name.lower(): str(value) for name, value in headers.items()}
    message = _message(data)
    errors = _errors(data)
    wait = wait_of(status, given, " ".join((message, *errors)), time.time(), limits)
    if wait:
        return RateLimited(what, wait)
    if status >= 500:  # noqa: PLR2004 - the server's own failures
        return Ambiguous(what, f"{status} {message}".strip())
    if status in _WHICH:
        return _WHICH[status](what, message)
    if status == 403:  # noqa: PLR2004
        return NotAllowed(what, message, next(filter(None, map(given.get, RIGHTS)), ""))
    return Refused(what, message, status, errors)


_WHICH: dict[int, type[ForgeError]] = {401: BadCredentials, 404: Gone, 410: Gone}


def _message(data: object) -> str:
    """Return what an answer says in its own words, if it says anything."""
    message = data.get("message") if isinstance(data, Mapping) else None
    return message if isinstance(message, str) else ""


def _errors(data: object) -> tuple[str, ...]:
    """Return the single errors of an answer: texts, or objects that name a field and a code."""
    errors = data.get("errors") if isinstance(data, Mapping) else None
    if not isinstance(errors, list):
        return (errors,) if isinstance(errors, str) else ()
    return tuple(error if isinstance(error, str) else _one_error(error) for error in errors)


def _one_error(error: object) -> str:
    if not isinstance(error, Mapping):
        return str(error)
    parts = (error.get(name) for name in ("resource", "field", "code", "message"))
    return " ".join(str(part) for part in parts if part)
