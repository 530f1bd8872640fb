"""What people do on the fake GitHub while a program reviews: comment, answer, resolve, merge."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fake_github import git_state, reviewing, telling
from tests.fake_github.accounts import App
from tests.fake_github.hub import Hub
from tests.fake_github.lines import Place
from tests.fake_github.reviewing import Draft
from tests.fake_github.shapes_pulls import label
from tests.fake_github.state import (
    CheckRun,
    CheckSuite,
    IssueComment,
    Pull,
    Repo,
    Review,
    ReviewComment,
    Thread,
)


class People(Hub):
    """The hub as its people use it, in a browser."""

    def comment(self, pull: Pull, login: str, body: str) -> IssueComment:
        """Comment on the pull request as a whole."""
        with self.lock:
            now = self.now()
            comment = IssueComment(self.next_id(), self.account(login), body, now, now, pull)
            pull.comments.append(comment)
            telling.of_comment(self, comment)
            return comment

    def review(
        self,
        pull: Pull,
        login: str,
        body: str = "",
        *,
        event: str = "COMMENT",
        comments: Iterable[tuple[str, int, str]] = (),
    ) -> Review:
        """Review it, with comments on lines: path, line, text. Without an event: pending."""
        with self.lock:
            self.pull(pull.repo, pull.number)
            drafts = [Draft(Place(path, line), text) for path, line, text in comments]
            author = self.account(login)
            return reviewing.create(self, pull, author, event=event, body=body, drafts=drafts)

    def reply(self, thread: Thread, login: str, body: str) -> ReviewComment:
        """Answer in a thread."""
        with self.lock:
            return reviewing.reply(self, thread, self.account(login), body)

    def resolve(self, thread: Thread, login: str) -> None:
        """Resolve a thread."""
        with self.lock:
            thread.resolved, thread.resolved_by = True, self.account(login)

    def unresolve(self, thread: Thread) -> None:
        """Open a thread again."""
        with self.lock:
            thread.resolved, thread.resolved_by = False, None

    def delete_account(self, login: str) -> None:
        """Let an account go: what it wrote stays, and is nobody's."""
        with self.lock:
            gone = self.accounts.pop(login)
            for repo in self.repositories.values():
                for thing in self.things(repo):
                    if getattr(thing, "author", None) is gone:
                        thing.author = None  # type: ignore[attr-defined]

    def push(self, pull: Pull) -> Pull:
        """See what was pushed to its branch: webhooks hear of it now, and not when it is read."""
        with self.lock:
            self._follow(pull)
            return pull

    def label(self, pull: Pull, name: str, login: str = "") -> None:
        """Put a label on it."""
        self._relabel(pull, "labeled", name, login)

    def unlabel(self, pull: Pull, name: str, login: str = "") -> None:
        """Take a label off it."""
        self._relabel(pull, "unlabeled", name, login)

    def ready(self, pull: Pull) -> None:
        """Mark a draft as ready for review."""
        with self.lock:
            pull.draft = False
            self._changed(pull, "ready_for_review")

    def close(self, pull: Pull) -> None:
        """Close it without merging."""
        with self.lock:
            pull.state, pull.closed_at = "closed", self.now()
            self._changed(pull, "closed")

    def reopen(self, pull: Pull) -> None:
        """Open it again."""
        with self.lock:
            pull.state, pull.closed_at = "open", None
            self._changed(pull, "reopened")

    def merge(self, pull: Pull) -> str:
        """Merge it, in git too; return the merge commit."""
        with self.lock:
            self.pull(pull.repo, pull.number)
            folder, title = pull.repo.folder, f"Merge pull request #{pull.number}"
            pull.merge_sha = git_state.merge(folder, pull.base_ref, pull.head_sha, title)
            pull.state, pull.merged, pull.closed_at = "closed", True, self.now()
            self._changed(pull, "closed")
            return pull.merge_sha

    def rerequest(self, run: CheckRun, login: str = "ada") -> None:
        """Ask for a check run once more, by its button."""
        with self.lock:
            _queue(run)
            telling.of_check(self, self._repository_of(run.suite), run, self.account(login))

    def rerequest_all(self, suite: CheckSuite, login: str = "ada") -> None:
        """Ask for all check runs of an App at a commit once more."""
        with self.lock:
            for run in suite.runs:
                _queue(run)
            telling.of_suite(self, self._repository_of(suite), suite, self.account(login))

    def install(self, app: App, *names: str) -> None:
        """Install an App on repositories, or on more of them."""
        with self.lock:
            new = not app.installed_on
            number = self.next_id() if new else next(iter(app.installed_on.values()))
            app.installed_on |= dict.fromkeys(names, number)
            telling.of_installation(self, app, [self.repositories[n] for n in names], new=new)

    def _relabel(self, pull: Pull, action: str, name: str, login: str) -> None:
        with self.lock:
            if action == "labeled":
                pull.labels.append(name)
            else:
                pull.labels.remove(name)
            shown = label(f"{self.api_url}/repos/{pull.repo.full_name}", name)
            self._changed(pull, action, login, label=shown)

    def _changed(self, pull: Pull, action: str, login: str = "", **more: object) -> None:
        pull.updated_at = self.now()
        by = self.account(login) if login else None
        telling.of_pull(self, pull, action, by, **more)

    def _repository_of(self, suite: CheckSuite) -> Repo:
        return next(repo for repo in self.repositories.values() if suite in repo.check_suites)


def _queue(run: CheckRun) -> None:
    """Queue a check run once more."""
    run.rerequested += 1
    run.status, run.conclusion, run.completed_at = "queued", None, None
