"""What we may do on GitHub, what of it a review needs, and what to do about the rest.

https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("", "read", "write", "admin")
"""Each includes those before it."""


class Kind(enum.StrEnum):
    """Whose token it is, in words for people."""

    APP = "GitHub App"
    ACTIONS = "GitHub Actions"
    CLASSIC = "classic personal access token"
    FINE = "fine-grained personal access token"


class Has(enum.StrEnum):
    """Whether we have a right; of some tokens GitHub does not say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Need:
    """A permission, in the words of an App's settings, and what is lost without it."""

    permission: str
    level: str
    gives: str
    without: str
    required: bool = False

    @property
    def takes_push(self) -> bool:
        """Return whether it takes write access to the repository, whatever a token says."""
        return self.permission in PUSH or (self.permission, self.level) == ("contents", "write")


NEEDS = (
    Need("contents", "read", "fetch the code", "nothing can be reviewed", required=True),
    Need("contents", "write", "resolved threads", "the threads of fixed findings stay open"),
    Need(
        "pull_requests",
        "write",
        "reviews, comments on lines, the summary",
        "nothing can be said",
        required=True,
    ),
    Need("checks", "write", "a check run", "a commit status is set instead"),
    Need("statuses", "write", "a commit status", "none is set where check runs are not allowed"),
    Need("security_events", "write", "code scanning alerts", "no SARIF is uploaded"),
)
"""All that a review may use."""

REPO = frozenset({"repo", "public_repo"})
SCOPES = {
    "contents": REPO,
    "pull_requests": REPO,
    "statuses": REPO | {"repo:status"},
    "security_events": REPO | {"security_events"},
}
"""Scopes of a classic token, any of which is enough; ``public_repo`` is, for public repositories:
https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""

PUSH = frozenset({"statuses", "security_events"})
"""What takes write access to the repository, at any level."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who we are on GitHub. ``permissions`` is None where GitHub does not say.

    ``pushes`` says whether the account may write to the repository, ``private`` what that is.
    """

    kind: Kind
    login: str
    permissions: Mapping[str, str] | None = None
    scopes: frozenset[str] = frozenset()
    pushes: bool = True
    private: bool = False

    def has(self, need: Need) -> Has:
        """Return whether we have what a need is about."""
        if self.kind in {Kind.CLASSIC, Kind.FINE}:
            if need.permission == "checks" or (need.takes_push and not self.pushes):
                return Has.NO
            if need.permission == "contents" and need.level == "read" and not self.private:
                return Has.YES
        if self.kind is Kind.CLASSIC:
            enough = SCOPES[need.permission] - ({"public_repo"} if self.private else set())
            return Has.YES if enough & self.scopes else Has.NO
        if self.permissions is None:
            return Has.UNKNOWN
        level = self.permissions.get(need.permission, "")
        return Has.YES if LEVELS.index(level) >= LEVELS.index(need.level) else Has.NO

    @property
    def enough(self) -> bool:
        """Return whether a review can be made and posted, as far as one can know."""
        return all(self.has(need) is not Has.NO for need in NEEDS if need.required)

    @property
    def cure(self) -> str:
        """Return how to give what is missing."""
        return CURES[self.kind]


CURES = {
    Kind.APP: "on the App's settings page, under Permissions & events; then its installation "
    "asks the owner to accept them",
    Kind.ACTIONS: "in the workflow, under `permissions:`; a pull request from a fork never gets "
    "more than read",
    Kind.CLASSIC: "give the token the scope `repo`, and the account write access; check runs take "
    "a GitHub App (`review connect app`)",
    Kind.FINE: "on the token's page, under Repository permissions, and give the account write "
    "access; check runs take a GitHub App (`review connect app`)",
}
"""Where to give a permission."""
