"""What can go wrong between GitHub and us, by what the caller can do about it.

Every error can be pickled, and none holds a request: that would hold the token.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.core.forge.limits import Wait
from tasks.core.render.escape import one_line
from tasks.errors import ReviewError

SAID = 300
"""Characters of GitHub's own words that an error repeats."""


class ForgeError(ReviewError):
    """Base of these: ``what`` was tried, and GitHub's ``message``."""

    happened = "it failed"
    advice = "try again later"

    def __init__(self, what: str, message: str = "") -> None:
        super().__init__(what, message)
        self.what = what
        self.message = message

    def __str__(self) -> str:
        """Return what was tried, what happened, and what to do."""
        said = one_line(self.message, SAID)
        return f"{self.what}: {self.happened}{f' ({said})' if said else ''}; {self.advice}"


class Ambiguous(ForgeError):  # noqa: N818 - a sentence, as all of these read
    """Nobody knows whether it took effect: 5xx, dropped, timed out, truncated. Look first."""

    happened = "GitHub's answer was lost"
    advice = "it may have taken effect, so look before you repeat it"


class Unreachable(ForgeError):  # noqa: N818
    """A read that failed after its retries."""

    happened = "GitHub does not answer"
    advice = "see https://www.githubstatus.com or the network, then try again"


class RateLimited(ForgeError):  # noqa: N818
    """It had no effect; after ``wait`` it may."""

    def __init__(self, what: str, wait: Wait) -> None:
        super().__init__(what, wait.why)
        self.args = (what, wait)
        self.wait = wait

    def __str__(self) -> str:
        """Return what has to wait, and for how long."""
        return f"{self.what}: {self.wait.why}"


class BadCredentials(ForgeError):  # noqa: N818
    """401: who we are was not believed."""

    happened = "GitHub does not accept the token"
    advice = "it may be expired or revoked: make a new one, then `review connect`"


class NotAllowed(ForgeError):  # noqa: N818
    """403: the token lacks a right; ``needs`` is the one, where GitHub says it."""

    happened = "GitHub does not allow it"

    def __init__(self, what: str, message: str = "", needs: str = "") -> None:
        super().__init__(what, message)
        self.args = (what, message, needs)
        self.needs = needs
        right = f"the permission {one_line(needs, SAID)}" if needs else "that permission"
        self.advice = f"give the App or token {right}; `review connect check` lists what it has"


class Gone(ForgeError):  # noqa: N818
    """404 or 410: it is not there, or not for this token."""

    happened = "it is not there, or this token may not see it"
    advice = "check the name, and whether the App is installed or the token covers the repository"


class Refused(ForgeError):  # noqa: N818
    """422 and other answers that repeating will not change; ``errors`` are GitHub's, as texts."""

    advice = "repeating it changes nothing"

    def __init__(
        self, what: str, message: str = "", status: int = 422, errors: Sequence[str] = ()
    ) -> None:
        super().__init__(what, message)
        self.args = (what, message, status, tuple(errors))
        self.status = status
        self.errors = tuple(errors)
        named = "; ".join(one_line(error, SAID) for error in self.errors)
        self.happened = f"GitHub refused it with {status}{f': {named}' if named else ''}"
