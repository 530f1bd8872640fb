"""Of GitHub's payloads the fields that we read; whatever else there is does not matter.

They are described at https://docs.github.com/en/webhooks/webhook-events-and-payloads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
)

from tasks.core.context import PRContext, PullState
from tasks.core.forge.conversation import BOT, GHOST

LONGEST_ID = 2**63 - 1
"""GitHub's ids have 64 bits, as the numbers of every database that may keep them."""


def _repository(name: str) -> str:
    try:
        return PRContext(repository=name).repository
    except ValidationError:
        raise ValueError(f"expected owner/name, not {name[:100]!a}") from None


def _in_utc(time: datetime) -> datetime:
    # what is far from now cannot be turned into every zone
    if not 2000 <= time.year < 3000:  # noqa: PLR2004
        raise ValueError(f"expected a time of GitHub's, not one of the year {time.year}")
    return time.astimezone(UTC)


Repository = Annotated[str, AfterValidator(_repository)]
Number = Annotated[int, Field(ge=1, le=LONGEST_ID)]
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}(\[bot\])?$")]
Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]

FIRST_ONLY = FailFast()
"""Of a list one mistake is enough: 25 MB of them would keep us for minutes."""


class Part(BaseModel):
    """A part of a payload: types are those of JSON, nothing is turned into another."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Event(Part):
    """What every event may have: many have no action."""

    action: object = None


class Author(Part):
    """An account; an import from elsewhere may have brought one of any name."""

    login: str
    type: str = ""

    @property
    def bot(self) -> bool:
        """Return whether it is no person: an App, or GitHub itself."""
        return self.type == "Bot" or self.login.endswith(BOT)


class Person(Author):
    """An account that does something now: of whom we may ask GitHub by name."""

    login: Login


class Named(Part):
    """A repository."""

    full_name: Repository


class Label(Part):
    """A label; its name may hold any character."""

    name: str


class End(Part):
    """The head or the base of a pull request; the repository is None where the fork is gone."""

    ref: str
    sha: Commit
    repo: Named | None = None


class Pull(Part):
    """A pull request as it was when the event happened; its author may be gone."""

    number: Number
    state: Literal["open", "closed"]
    title: str
    head: End
    base: End
    updated_at: Time
    user: Author | None = None
    labels: Annotated[tuple[Label, ...], FIRST_ONLY] = ()
    draft: bool = False
    merged: bool | None = None

    def context(self, repository: str) -> PRContext:
        """Return it as everything else here knows it.

        Raises:
            ValidationError: it has a name that we refuse, such as a branch like an option.
        """
        state = PullState.MERGED if self.merged else PullState(self.state)
        return PRContext(
            repository=repository,
            pr_number=self.number,
            base_branch=self.base.ref,
            base_sha=self.base.sha,
            head_branch=self.head.ref,
            head_sha=self.head.sha,
            author=self.user.login if self.user else GHOST,
            bot=self.user is not None and self.user.bot,
            title=self.title,
            labels=tuple(label.name for label in self.labels),
            draft=self.draft,
            state=state,
            head_repository=self.head.repo.full_name if self.head.repo else "",
        )


class OfPull(Part):
    """``pull_request``."""

    repository: Named
    pull_request: Pull


class Numbered(Part):
    """A pull request of which we need no more than its number."""

    number: Number


class Issue(Numbered):
    """An issue, or where it has ``pull_request`` the conversation of one."""

    pull_request: object = None


class Comment(Part):
    """A comment; its author may be gone."""

    id: Number
    body: str
    user: Person | None = None


class OfIssueComment(Part):
    """``issue_comment``."""

    repository: Named
    issue: Issue
    comment: Comment


class OfThreadComment(Part):
    """``pull_request_review_comment``."""

    repository: Named
    pull_request: Numbered
    comment: Comment


class Check(Part):
    """A check run; ``external_id`` is ours to set."""

    head_sha: Commit
    external_id: str | None = None


class OfCheck(Part):
    """``check_run``."""

    repository: Named
    check_run: Check
    sender: Person


class Known(Part):
    """A thing of which we need no more than its id."""

    id: Number


class BaseOf(Part):
    """The base of a pull request, in a list of a suite."""

    repo: Known


class HeadOf(Part):
    """The head of a pull request, in a list of a suite."""

    sha: Commit


class SuitePull(Numbered):
    """A pull request in the list of a suite."""

    head: HeadOf
    base: BaseOf


class Suite(Part):
    """The check runs of one App at one commit; that of a fork's branch lists no pull request."""

    head_sha: Commit
    pull_requests: Annotated[tuple[SuitePull, ...], FIRST_ONLY] = ()


class WithId(Named, Known):
    """A repository with its id."""


class OfSuite(Part):
    """``check_suite``."""

    repository: WithId
    check_suite: Suite
    sender: Person


class OfInstallation(Part):
    """``installation``."""

    repositories: Annotated[tuple[Named, ...], FIRST_ONLY] = ()


class OfRepositories(Part):
    """``installation_repositories``."""

    repositories_added: Annotated[tuple[Named, ...], FIRST_ONLY]
