"""One of everything: what a pull request has to look like, whatever broke while it was reviewed."""

from __future__ import annotations

from collections import Counter

from tasks.core.forge.markers import is_summary, read_finding, read_review
from tasks.forge.said import Said
from tests.tasks.forge.scene import BOT, CHECK, Scene
from tests.tasks.forge.speaker import findings_on, speak

FIRST = range(1, 26)
AFTER = range(11, 29)
"""The lines with findings: after the push, ten are fixed and three are new."""

OURS = frozenset({BOT, "github-actions[bot]"})


def never(_seconds: float) -> None:
    """Wait for nothing."""


def say_first(scene: Scene, **settings) -> Said:
    return speak(scene.connection, scene.head, findings_on(FIRST), sleep=never, **settings)


def push(scene: Scene) -> None:
    scene.push(other_py="x = 1\n")


def say_after(scene: Scene, **settings) -> Said:
    return speak(scene.connection, scene.head, findings_on(AFTER), sleep=never, **settings)


def ours(things) -> list:
    return [thing for thing in things if thing.author and thing.author.login in OURS]


def assert_said(scene: Scene, lines: range, *, heads: int = 1) -> None:
    """Hold GitHub to it that there is one of everything, for findings on these lines."""
    reviews = ours(scene.pull.reviews)
    assert [review for review in reviews if review.state == "PENDING"] == []
    marks = [read_review(review.body).head for review in reviews]
    assert max(Counter(marks).values()) == 1, "a head with two reviews"
    assert (len(marks), marks[-1]) == (heads, scene.head)

    threads = [thread for thread in scene.pull.threads if not thread.resolved]
    said = [read_finding(thread.comments[0].body).fingerprint for thread in threads]
    assert sorted(said) == sorted(finding.fingerprint for finding in findings_on(lines))

    (summary,) = [comment for comment in ours(scene.pull.comments) if is_summary(comment.body)]
    assert "could not be" not in summary.body

    checks = [check for check in scene.pull.repo.check_runs if check.head_sha == scene.head]
    assert [(c.name, c.status, c.conclusion) for c in checks] == [(CHECK, "completed", "failure")]
    noted = [(note["path"], note["start_line"]) for note in checks[0].annotations]
    assert sorted(noted) == [("new.py", line) for line in lines]
