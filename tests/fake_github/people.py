"""What people do on the fake GitHub while a program reviews: comment, answer, resolve, merge."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fake_github import git_state, reviewing
from tests.fake_github.hub import Hub
from tests.fake_github.lines import Place
from tests.fake_github.reviewing import Draft
from tests.fake_github.state import IssueComment, Pull, Review, ReviewComment, Thread


class People(Hub):
    """The hub as its people use it, in a browser."""

    def comment(self, pull: Pull, login: str, body: str) -> IssueComment:
        """Comment on the pull request as a whole."""
        with self.lock:
            now = self.now()
            comment = IssueComment(self.next_id(), self.account(login), body, now, now, pull)
            pull.comments.append(comment)
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

    def close(self, pull: Pull) -> None:
        """Close it without merging."""
        with self.lock:
            pull.state, pull.closed_at = "closed", self.now()

    def reopen(self, pull: Pull) -> None:
        """Open it again."""
        with self.lock:
            pull.state, pull.closed_at = "open", None

    def merge(self, pull: Pull) -> str:
        """Merge it, in git too; return the merge commit."""
        with self.lock:
            self.pull(pull.repo, pull.number)
            folder, title = pull.repo.folder, f"Merge pull request #{pull.number}"
            pull.merge_sha = git_state.merge(folder, pull.base_ref, pull.head_sha, title)
            pull.state, pull.merged, pull.closed_at = "closed", True, self.now()
            return pull.merge_sha
