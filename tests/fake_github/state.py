"""What the fake GitHub remembers: plain mutable values, changed by REST, GraphQL and tests.

Who calls is a `Caller` (see access.py): `answer(hub, caller, document, variables)`. Pull requests
follow git: read them by `hub.pull(repo, number)` or `hub.pulls(repo)`, which look at the branches
first. Lines of comments are live too: `hub.line(comment)` is None where it is outdated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fake_github.accounts import Account, App, node_id
from tests.fake_github.reacting import Reaction


@dataclass(eq=False)
class Comment:
    """What all comments have. `minimized` is GraphQL's reason for hiding it, or empty."""

    id: int
    author: Account | None  # None: the account is gone
    body: str
    created_at: str
    updated_at: str
    minimized: str = field(default="", kw_only=True)
    reactions: list[Reaction] = field(default_factory=list, kw_only=True)


@dataclass(eq=False)
class IssueComment(Comment):
    """A comment on the pull request as a whole."""

    pull: Pull

    @property
    def node_id(self) -> str:
        return node_id("IC", self.id)


@dataclass(eq=False)
class ReviewComment(Comment):
    """A comment on a line. `original_*` is where it was made; `hub.line(it)` where it is now."""

    review: Review
    thread: Thread
    path: str
    original_commit_id: str
    original_line: int | None  # None: on the file as a whole
    original_start_line: int | None
    side: str = "RIGHT"
    start_side: str | None = None
    diff_hunk: str = ""
    in_reply_to: ReviewComment | None = None

    @property
    def node_id(self) -> str:
        return node_id("PRRC", self.id)


@dataclass(eq=False)
class Thread:
    """Comments on one place. One that is part of a pending review is seen by its author only."""

    id: int
    pull: Pull
    comments: list[ReviewComment] = field(default_factory=list)
    resolved: bool = False
    resolved_by: Account | None = None

    @property
    def node_id(self) -> str:
        return node_id("PRRT", self.id)

    @property
    def pending(self) -> bool:
        return bool(self.comments) and self.comments[0].review.state == "PENDING"


@dataclass(eq=False)
class Review:
    """A review. State: PENDING, COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED."""

    id: int
    pull: Pull
    author: Account | None
    body: str
    state: str
    commit_id: str
    submitted_at: str | None  # None: pending
    updated_at: str = ""
    comments: list[ReviewComment] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        return node_id("PRR", self.id)


@dataclass(eq=False)
class Pull:
    """A pull request. `head_sha` and `base_sha` are what was seen when it was last synchronised."""

    id: int
    number: int
    repo: Repo
    title: str
    body: str | None
    author: Account | None
    base_ref: str
    head_ref: str
    head_repository: str  # full name; empty: the fork is gone
    head_sha: str
    base_sha: str
    created_at: str
    updated_at: str
    draft: bool = False
    labels: list[str] = field(default_factory=list)
    held: bool = False  # a test set its head by hand: git is not followed
    state: str = "open"  # or closed
    merged: bool = False
    closed_at: str | None = None
    merge_sha: str | None = None
    former_heads: list[str] = field(default_factory=list)
    comments: list[IssueComment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        return node_id("PR", self.id)

    @property
    def review_comments(self) -> list[ReviewComment]:
        """Every submitted comment on a line, the oldest first."""
        all_ = [c for thread in self.threads if not thread.pending for c in thread.comments]
        return sorted(all_, key=lambda comment: comment.id)


@dataclass(eq=False)
class CheckSuite:
    """The check runs of one App at one commit."""

    id: int
    app: App
    head_sha: str
    created_at: str
    runs: list[CheckRun] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        return node_id("CS", self.id)


@dataclass(eq=False)
class CheckRun:
    """A check run. `annotations` are as they were sent; `output` has title, summary, text."""

    id: int
    suite: CheckSuite
    name: str
    head_sha: str
    status: str = "queued"  # or in_progress, completed
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    output: dict[str, str | None] = field(
        default_factory=lambda: dict.fromkeys(("title", "summary", "text"))
    )
    annotations: list[dict[str, Any]] = field(default_factory=list)
    rerequested: int = 0

    @property
    def app(self) -> App:
        return self.suite.app

    @property
    def node_id(self) -> str:
        return node_id("CR", self.id)


@dataclass(eq=False)
class Status:
    """A commit status as it was set; the newest of a context counts."""

    id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    creator: Account
    created_at: str

    @property
    def node_id(self) -> str:
        return node_id("SC", self.id)


@dataclass(eq=False)
class Sarif:
    """An upload to code scanning, unpacked. `polls` are the answers `pending` still to come."""

    id: str
    commit_sha: str
    ref: str
    log: dict[str, Any]
    tool: str
    polls: int = 1
    errors: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Repo:
    """A repository; `folder` is a real git repository. Permissions: admin, write, read, none."""

    id: int
    owner: Account
    name: str
    folder: Path
    default_branch: str = "main"
    private: bool = False
    code_scanning: bool = True
    archived: bool = False
    parent: Repo | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)  # read by hub.pull(), which follows git
    check_suites: list[CheckSuite] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    sarifs: list[Sarif] = field(default_factory=list)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def node_id(self) -> str:
        return node_id("R", self.id)

    @property
    def check_runs(self) -> list[CheckRun]:
        """Every check run, the oldest first."""
        runs = [run for suite in self.check_suites for run in suite.runs]
        return sorted(runs, key=lambda run: run.id)
