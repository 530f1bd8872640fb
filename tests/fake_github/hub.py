"""The state of the fake GitHub, and what a test sets up: repositories and pull requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from tests.fake_github import git_state, lines, telling
from tests.fake_github.access import association, may, role, sees
from tests.fake_github.accounts import App
from tests.fake_github.calls import Call
from tests.fake_github.faults import Fault
from tests.fake_github.hooks import Hook, Hooks
from tests.fake_github.limits import Limits, Meter
from tests.fake_github.state import Pull, Repo, ReviewComment, Thread

DEFAULT_PERMISSIONS: Mapping[str, str] = {"ada": "write", "ci-bot": "write"}
"""The author of pull requests, and the bot that reviews them."""


class Checks(Protocol):
    """What holds requests and answers against GitHub's description: validation.Validator."""

    def check(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        request_body: object,
        status: int,
        answer_body: object,
        headers: Mapping[str, str],
    ) -> list[str]:
        """Return what is wrong, in words."""
        ...


class Hub(Hooks):
    """Everything the fake GitHub knows. Tests use `FakeGitHub`, which also answers HTTP."""

    def __init__(self) -> None:
        super().__init__()
        self.api_url = self.graphql_url = self.web_url = ""
        self.limits = Limits()
        self.meters: dict[str, Meter] = {}
        self.repositories: dict[str, Repo] = {}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.unknown: list[str] = []
        self.violations: list[str] = []
        self.before_write: Callable[[Call], None] | None = None
        self.after_write: Callable[[Call], None] | None = None
        self.validator: Checks | None = None

    def add_repository(
        self,
        full_name: str,
        folder: Path | str,
        *,
        private: bool = False,
        permissions: Mapping[str, str] = DEFAULT_PERMISSIONS,
        **people: str,
    ) -> Repo:
        """Add a repository, made of a git repository that is there: `grace="write"`."""
        owner, name = full_name.split("/")
        account = self.account(owner, "Organization")
        repo = Repo(self.next_id(), account, name, Path(folder), private=private)
        repo.permissions.update({**permissions, **people})
        self.repositories[full_name] = repo
        return repo

    def fork(self, full_name: str, *, of: str, folder: Path | str) -> Repo:
        """Add a repository that is a fork of another."""
        self.account(full_name.partition("/")[0], "User")
        private = self.repositories[of].private
        repo = self.add_repository(full_name, folder, private=private, permissions={})
        repo.parent = self.repositories[of]
        return repo

    def hook(self, url: str, secret: str, app: App | None = None) -> Hook:
        """Add a webhook, of an App or of an organisation; it is sent a ping."""
        with self.lock:
            made = self.add_hook(url, secret, app)
            telling.of_hook(self, made)
            return made

    def repo(self, full_name: str) -> Repo | None:
        """Return a repository; GitHub does not care for upper and lower case."""
        wanted = full_name.lower()
        return next((r for n, r in self.repositories.items() if n.lower() == wanted), None)

    def open_pull(
        self,
        full_name: str,
        *,
        head: str,
        base: str = "main",
        author: str = "ada",
        title: str = "A change",
        body: str | None = None,
        draft: bool = False,
        labels: Iterable[str] = (),
        head_repository: str | None = None,
    ) -> Pull:
        """Open a pull request of a branch of this repository, or of a fork."""
        repo = self.repositories[full_name]
        source = self.repositories[head_repository or full_name]
        head_sha = git_state.tip(source.folder, head)
        base_sha = git_state.tip(repo.folder, base)
        assert head_sha, f"{source.full_name} has no branch {head}"
        assert base_sha, f"{full_name} has no branch {base}"
        repo.last_number += 1
        pull = Pull(
            self.next_id(), repo.last_number, repo, title, body, self.account(author), base, head,
            source.full_name, head_sha, base_sha, self.now(), self.now(), draft, list(labels),
        )  # fmt: skip
        repo.pulls[pull.number] = pull
        git_state.publish(repo.folder, pull.number, head_sha, source.folder)
        telling.of_pull(self, pull, "opened")
        return pull

    def pulls(self, repo: Repo) -> list[Pull]:
        """Return a repository's pull requests as git has them now, the oldest first."""
        for pull in repo.pulls.values():
            self._follow(pull)
        return list(repo.pulls.values())

    def pull(self, repo: Repo | str, number: int) -> Pull | None:
        """Return a pull request as git has it now."""
        found = self.repositories[repo] if isinstance(repo, str) else repo
        pull = found.pulls.get(number)
        if pull:
            self._follow(pull)
        return pull

    def _follow(self, pull: Pull) -> None:
        """See what was pushed: a new head, or that the branch is gone, which closes it."""
        if pull.state != "open" or pull.held:
            return
        source = self.repositories.get(pull.head_repository)
        head = git_state.tip(source.folder, pull.head_ref) if source else None
        if source is None or head is None:
            pull.state = "closed"
            pull.closed_at = pull.updated_at = self.now()
            telling.of_pull(self, pull, "closed")
        elif head != pull.head_sha:
            pull.former_heads.append(pull.head_sha)
            pull.head_sha, pull.updated_at = head, self.now()
            pull.base_sha = git_state.tip(pull.repo.folder, pull.base_ref) or pull.base_sha
            git_state.publish(pull.repo.folder, pull.number, head, source.folder)
            before, after = pull.former_heads[-1], head
            telling.of_pull(self, pull, "synchronize", before=before, after=after)

    def line(self, comment: ReviewComment) -> int | None:
        """Where a comment's (last) line is in the head; None: outdated."""
        return lines.line_now(comment, comment.original_line)

    def start_line(self, comment: ReviewComment) -> int | None:
        """Where the first line of a comment on several is; None: there is none, or outdated."""
        if comment.original_start_line is None or self.line(comment) is None:
            return None
        return lines.line_now(comment, comment.original_start_line)

    def outdated(self, thread: Thread) -> bool:
        """Whether the code that a thread is about was changed since."""
        first = thread.comments[0]
        return first.original_line is not None and self.line(first) is None

    def things(self, repo: Repo) -> Iterator[object]:
        """Yield everything of a repository that has a node id."""
        yield repo
        for pull in self.pulls(repo):
            yield pull
            yield from pull.comments
            yield from pull.reviews
            for thread in pull.threads:
                yield thread
                yield from thread.comments
        yield from repo.check_suites
        yield from repo.check_runs
        yield from repo.statuses

    def find(self, node_id: str) -> tuple[Repo, object] | None:
        """Return what has a node id, and the repository it is of."""
        for repo in self.repositories.values():
            for thing in self.things(repo):
                if getattr(thing, "node_id", "") == node_id:
                    return repo, thing
        return None

    role = staticmethod(role)
    sees = staticmethod(sees)
    may = staticmethod(may)
    association = staticmethod(association)
