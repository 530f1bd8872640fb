"""A GitHub of values: it does what a write says, and refuses what GitHub refuses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tasks.core.context import PRContext
from tasks.core.forge.conversation import (
    Conversation,
    PostedCheck,
    PostedReview,
    PostedStatus,
    Remark,
    Thread,
)
from tasks.core.forge.writes import (
    BATCH,
    CHECK_LIMIT,
    COMMENT_LIMIT,
    DESCRIPTION_LIMIT,
    MESSAGE_LIMIT,
    TITLE_LIMIT,
    CreateCheck,
    DeleteComment,
    DismissReview,
    EditSummary,
    Event,
    PostReview,
    PostSummary,
    RemovePending,
    SetStatus,
    SettleThreads,
    UpdateCheck,
    UploadSarif,
    Write,
)

ME = "review-app[bot]"
STATES = {
    Event.COMMENT: "COMMENTED",
    Event.APPROVE: "APPROVED",
    Event.REQUEST_CHANGES: "CHANGES_REQUESTED",
}


def head(number: int) -> str:
    """Return the id of the commit of this number."""
    return f"{number:040x}"[::-1]


def context(number: int = 1, **values: object) -> PRContext:
    about = {"repository": "acme/shop", "pr_number": 7, "author": "ann", "head_sha": head(number)}
    return PRContext.model_validate(about | values)


@dataclass
class GitHub:
    """The state, and what was done to it."""

    conversation: Conversation = field(default_factory=lambda: Conversation(context(), me=ME))
    uploads: list[UploadSarif] = field(default_factory=list)
    number: int = 1000
    created: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def remark(self, body: str, author: str = ME) -> Remark:
        number = self.next()
        # GitHub gives back what a browser sent
        body = body.replace("\n", "\r\n") if number % 2 else body
        at = f"2025-01-01T00:00:00.{number:09}Z"
        return Remark(f"R{number}", number, body, author, author == ME, at)

    def set(self, **values: object) -> None:
        self.conversation = replace(self.conversation, **values)

    def push(self, number: int) -> None:
        """Move the head: the checks of the old one are not those of the new one."""
        now = self.conversation.context.model_copy(update={"head_sha": head(number)})
        self.set(context=now, checks=(), statuses=())

    def thread(self, id_: str, **values: object) -> None:
        """Change one thread."""
        changed = (replace(t, **values) if t.id == id_ else t for t in self.conversation.threads)
        self.set(threads=tuple(changed))

    def answer(self, id_: str, body: str, author: str) -> None:
        (thread,) = (t for t in self.conversation.threads if t.id == id_)
        remark = self.remark(body, author)
        self.thread(id_, remarks=(*thread.remarks, remark))

    def comment(self, body: str, author: str) -> None:
        remark = self.remark(body, author)
        self.set(remarks=(*self.conversation.remarks, remark))

    def do(self, write: Write) -> None:
        getattr(self, f"_{type(write).__name__}")(write)

    def _RemovePending(self, write: RemovePending) -> None:  # noqa: N802 - the name of its type
        kept = tuple(r for r in self.conversation.reviews if r.number != write.review)
        assert len(kept) == len(self.conversation.reviews) - 1
        self.set(reviews=kept)

    def _PostReview(self, write: PostReview) -> None:  # noqa: N802
        now = self.conversation
        assert not any(r.ours and r.state == "PENDING" for r in now.reviews), "422: one pending"
        assert write.head == now.context.head_sha
        assert len(write.body) <= COMMENT_LIMIT
        assert len(write.comments) <= 30
        if now.me == now.context.author:
            assert write.event is Event.COMMENT, "422: own pull request"
        threads = []
        for comment in write.comments:
            assert len(comment.body) <= COMMENT_LIMIT
            assert comment.start_line < comment.line
            remark = self.remark(comment.body)
            threads.append(Thread(f"T{remark.number}", comment.path, (remark,), comment.line))
        state = STATES[write.event]
        review = PostedReview(self.next(), write.head, state, write.body, ours=True)
        self.set(reviews=(*now.reviews, review), threads=(*now.threads, *threads))

    def _SettleThreads(self, write: SettleThreads) -> None:  # noqa: N802
        for settle in write.threads:
            (thread,) = (t for t in self.conversation.threads if t.id == settle.thread)
            assert thread.remarks[0].id == settle.comment
            assert thread.ours
            assert len(settle.body) <= COMMENT_LIMIT
            first = replace(thread.remarks[0], body=settle.body)
            remarks = (first, *thread.remarks[1:])
            self.thread(settle.thread, remarks=remarks, resolved=True, resolved_by=ME)

    def _DismissReview(self, write: DismissReview) -> None:  # noqa: N802
        (review,) = (r for r in self.conversation.reviews if r.number == write.review)
        assert review.state in {"APPROVED", "CHANGES_REQUESTED"}, "422"
        others = tuple(r for r in self.conversation.reviews if r is not review)
        self.set(reviews=(*others, replace(review, state="DISMISSED")))

    def _PostSummary(self, write: PostSummary) -> None:  # noqa: N802
        assert len(write.body) <= COMMENT_LIMIT
        self.comment(write.body, ME)

    def _EditSummary(self, write: EditSummary) -> None:  # noqa: N802
        assert len(write.body) <= COMMENT_LIMIT
        (found,) = (r for r in self.conversation.remarks if r.number == write.comment)
        assert found.ours
        edited = (
            replace(r, body=write.body) if r is found else r for r in self.conversation.remarks
        )
        self.set(remarks=tuple(edited))

    def _DeleteComment(self, write: DeleteComment) -> None:  # noqa: N802
        now = self.conversation
        if write.on_line:
            (thread,) = (t for t in now.threads if t.remarks[0].number == write.comment)
            assert thread.ours
            assert not thread.answered, "what a person answered to is not ours to delete"
            self.set(threads=tuple(t for t in now.threads if t is not thread))
        else:
            (remark,) = (r for r in now.remarks if r.number == write.comment)
            assert remark.ours
            self.set(remarks=tuple(r for r in now.remarks if r is not remark))

    def _CreateCheck(self, write: CreateCheck) -> None:  # noqa: N802
        self._fits(write)
        check = PostedCheck(
            self.next(),
            write.head,
            write.status,
            write.external_id,
            write.conclusion or "",
            len(write.annotations),
            write.output.title,
        )
        self.created = check.number
        self.set(checks=(*self.conversation.checks, check))

    def _UpdateCheck(self, write: UpdateCheck) -> None:  # noqa: N802
        self._fits(write)
        number = write.check or self.created
        (check,) = (c for c in self.conversation.checks if c.number == number)
        assert check.status != "completed" or write.status == "completed", "GitHub keeps it so"
        updated = replace(
            check,
            status=write.status,
            conclusion=write.conclusion or "",
            annotations=check.annotations + len(write.annotations),
            title=write.output.title,
        )
        others = tuple(c for c in self.conversation.checks if c is not check)
        self.set(checks=(*others, updated))

    def _fits(self, write: CreateCheck | UpdateCheck) -> None:
        assert len(write.annotations) <= BATCH
        assert (write.status == "completed") == (write.conclusion is not None)
        assert 0 < len(write.output.title.encode()) <= TITLE_LIMIT
        assert 0 < len(write.output.summary.encode()) <= CHECK_LIMIT
        for annotation in write.annotations:
            assert 0 < annotation.start_line <= annotation.end_line
            assert annotation.start_line == annotation.end_line or not annotation.start_column
            assert annotation.level in {"notice", "warning", "failure"}
            assert 0 < len(annotation.title.encode()) <= TITLE_LIMIT
            assert 0 < len(annotation.message.encode()) <= MESSAGE_LIMIT

    def _SetStatus(self, write: SetStatus) -> None:  # noqa: N802
        assert len(write.description.encode()) <= DESCRIPTION_LIMIT
        assert write.state in {"error", "failure", "pending", "success"}
        others = (s for s in self.conversation.statuses if s.context != write.context)
        posted = PostedStatus(write.context, write.state, write.description)
        self.set(statuses=(posted, *others))

    def _UploadSarif(self, write: UploadSarif) -> None:  # noqa: N802
        self.uploads.append(write)
