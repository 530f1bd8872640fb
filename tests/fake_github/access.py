"""Who calls with what token, and what GitHub lets them do."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tests.fake_github.accounts import Account, App
from tests.fake_github.state import Repo

ROLES = ("none", "read", "write", "admin")

WITH_READ = frozenset({"pull_requests", "issues"})
"""What people with `read` may write: reviews and comments."""

ACTIONS = ("checks", "contents", "issues", "pull_requests", "security_events", "statuses")


@dataclass(eq=False)
class Caller:
    """Somebody with a token.

    Kinds: classic and fine-grained (personal tokens), installation (of an App), actions (the
    token of a workflow's run), app (a JWT, good for little).
    """

    account: Account
    kind: str
    token: str = ""
    permissions: dict[str, str] = field(default_factory=dict)  # of all but classic tokens
    scopes: tuple[str, ...] = ()  # of classic tokens
    repositories: frozenset[str] | None = None  # None: all that the account sees
    app: App | None = None
    expires_at: float | None = None  # in the hub's time

    @property
    def login(self) -> str:
        return self.account.login

    @property
    def personal(self) -> bool:
        return self.kind in {"classic", "fine-grained"}

    @property
    def integration(self) -> bool:
        """Whether an App's installation calls; Actions' token is one, too."""
        return self.kind in {"installation", "actions"}


def role(repo: Repo, account: Account) -> str:
    """What a person is to a repository: none, read, write, admin."""
    if account is repo.owner:
        return "admin"
    return repo.permissions.get(account.login, "none" if repo.private else "read")


def sees(caller: Caller, repo: Repo) -> bool:
    """Whether a repository is there for the caller; if not, the answer is 404."""
    if not repo.private:
        return True
    if caller.repositories is not None and repo.full_name not in caller.repositories:
        return False
    if caller.integration:
        return True
    if caller.kind == "classic" and "repo" not in caller.scopes:
        return False
    return caller.personal and role(repo, caller.account) != "none"


def may(caller: Caller, repo: Repo, permission: str, level: str = "write") -> bool:
    """Whether a token carries a right: `may(caller, repo, "pull_requests", "write")`."""
    if not sees(caller, repo):
        return False
    if level == "read" and not repo.private:
        return True
    return _carried(caller, repo, permission, level) and (
        caller.integration or _trusted(caller, repo, permission, level)
    )


def _carried(caller: Caller, repo: Repo, permission: str, level: str) -> bool:
    """Whether the token itself is for that."""
    if caller.kind == "classic":
        return bool({"repo", "public_repo"} & set(caller.scopes))
    inside = caller.repositories is None or repo.full_name in caller.repositories
    granted = ROLES.index(caller.permissions.get(permission, "none"))
    return inside and granted >= ROLES.index(level)


def _trusted(caller: Caller, repo: Repo, permission: str, level: str) -> bool:
    """Whether the person may do it. Check runs are only for Apps."""
    if not caller.personal or (permission == "checks" and level == "write"):
        return False
    needed = "read" if permission in WITH_READ or level == "read" else "write"
    return ROLES.index(role(repo, caller.account)) >= ROLES.index(needed)


def refusal(caller: Caller, permission: str) -> str:
    """GitHub's words for a right that is missing."""
    if caller.integration:
        return "Resource not accessible by integration"
    if permission == "checks" and caller.kind == "classic":
        return "You must authenticate via a GitHub App."
    return "Resource not accessible by personal access token"


def association(repo: Repo, account: Account | None) -> str:
    """What an author is to a repository: https://docs.github.com/en/graphql/reference/enums."""
    if account is None or account.is_bot:
        return "NONE"
    if account is repo.owner:
        return "OWNER"
    if repo.permissions.get(account.login, "none") == "none":
        merged = any(p.merged and p.author is account for p in repo.pulls.values())
        return "CONTRIBUTOR" if merged else "NONE"
    return "MEMBER" if repo.owner.type == "Organization" else "COLLABORATOR"


def expired(caller: Caller, offset: float) -> bool:
    """Whether a token is of no more use, `offset` seconds from the real time."""
    return caller.expires_at is not None and time.time() + offset >= caller.expires_at
