"""Whatever breaks and wherever: in the end everything is said, and nothing twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tasks.core.forge.about import About, Trouble
from tasks.core.forge.dismissals import dismissals_of
from tasks.core.forge.markers import is_summary, read_finding, read_review
from tasks.core.forge.saying import to_begin, to_say
from tasks.core.forge.writes import EditSummary, PostReview, Right, Write
from tasks.core.report import Gap
from tasks.core.verdict import Verdict
from tests.tasks.core.forge.scenes import LINES, about, changed, finding, verdict
from tests.tasks.core.forge.simulated import GitHub

SEEDS = range(12)
FORBIDDEN = (frozenset(), frozenset(), frozenset({Right.CHECKS}), frozenset({Right.THREADS}))


class Life:
    """A pull request of many pushes, to which people and crashes happen by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - not for secrets
        self.github = GitHub()
        self.mine = self.chance.choice([about_of(self.chance) for _ in range(3)])
        self.trouble = Trouble(forbidden=self.chance.choice(FORBIDDEN))
        self.head = 0
        self.found: set[int] = set(self.chance.sample(range(1, LINES + 1), 20))

    def push(self) -> None:
        self.head += 1
        self.github.push(self.head)
        come_and_gone = self.chance.sample(range(1, LINES + 1), 8)
        self.found ^= set(come_and_gone)

    def verdict(self) -> Verdict:
        levels = ("info", "warning", "error", "critical")
        findings = [
            finding(
                number,
                severity=levels[number % 4],
                line=number if number % 9 else 0,
                on_changed_line=bool(number % 7),
                suggestion="x = 1" if number % 5 == 0 else None,
            )
            for number in sorted(self.found)
        ]
        gaps = [Gap(who="ruff", why="it broke")] if self.chance.random() < 0.2 else []
        known = dismissals_of(self.github.conversation, self.mine.policy.say)
        seconds = self.chance.random()
        return verdict(*findings, number=self.head, gaps=gaps, dismissals=known, seconds=seconds)

    def people(self) -> None:
        """Let people do what people do."""
        for thread in self.github.conversation.threads:
            what = self.chance.randrange(12)
            if what == 0:
                self.github.thread(thread.id, resolved=not thread.resolved, resolved_by="ann")
            elif what == 1:
                self.github.answer(thread.id, "/review dismiss it is fine", "ann")
            elif what == 2:
                self.github.answer(thread.id, "why?", "stranger")
            elif what == 3:
                self.github.thread(thread.id, line=0)
        if self.chance.random() < 0.3:
            number = self.chance.randrange(1, LINES + 1)
            self.github.comment(f"/review dismiss {number:08x} says the summary", "ann")


def about_of(chance: random.Random) -> About:
    return about(
        changed("src/shop.py", range(1, 30), range(32, 50)),
        inline=chance.choice([0, 3, 25]),
        annotations=chance.choice([0, 10, 200]),
        request_changes=chance.choice([True, False]),
        approve=chance.choice([True, False]),
        suggestions=chance.choice([True, False]),
        resolve=chance.choice([True, True, False]),
        sarif=chance.choice([True, False]),
    )


def said(github: GitHub, decided: Verdict, mine: About, trouble: Trouble) -> tuple[Write, ...]:
    uploaded = any(upload.head == decided.head for upload in github.uploads)
    return to_say(decided, github.conversation, mine, trouble.but(uploaded=uploaded))


def heads(github: GitHub) -> Counter[str]:
    marks = (read_review(review.body) for review in github.conversation.reviews)
    return Counter(mark.head for mark in marks if mark)


def open_findings(github: GitHub) -> Counter[str]:
    """Count the open threads of each finding that nobody has touched."""
    ours = (t for t in github.conversation.threads if not t.resolved and not t.answered)
    marks = (read_finding(thread.remarks[0].body) for thread in ours)
    return Counter(mark.fingerprint for mark in marks if mark and not mark.fixed)


def one_of_everything(github: GitHub) -> None:
    now = github.conversation
    assert set(heads(github).values()) <= {1}
    assert set(open_findings(github).values()) <= {1}
    assert sum(r.ours and is_summary(r.body) for r in now.remarks) == 1
    assert len(now.checks) + len(now.statuses) == 1
    assert all(check.status == "completed" for check in now.checks)


def lives(seed: int) -> Iterator[tuple[Life, Verdict]]:
    life = Life(seed)
    for _ in range(6):
        life.push()
        life.people()
        for status in ("queued", "in_progress"):
            for write in to_begin(life.github.conversation, life.mine, status, life.trouble):
                life.github.do(write)
        yield life, life.verdict()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_is_not_said_again(seed):
    for life, decided in lives(seed):
        for write in said(life.github, decided, life.mine, life.trouble):
            life.github.do(write)
        assert said(life.github, decided, life.mine, life.trouble) == ()
        one_of_everything(life.github)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crash_after_any_write_leaves_no_gap_and_nothing_twice(seed):
    for life, decided in lives(seed):
        whole = said(life.github, decided, life.mine, life.trouble)
        for done in range(len(whole)):
            # each write is done alone, and the rest decided anew: every crash in one life
            rest = said(life.github, decided, life.mine, life.trouble)
            assert [type(w) for w in rest] == [type(w) for w in whole[done:]]
            life.github.do(rest[0])
        assert said(life.github, decided, life.mine, life.trouble) == ()
        one_of_everything(life.github)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_does_not_matter_after_how_many_writes_it_crashed(seed):
    for life, decided in lives(seed):
        before, number = life.github.conversation, life.github.number
        whole = said(life.github, decided, life.mine, life.trouble)
        ends = []
        for first in range(len(whole) + 1):
            github = GitHub(before, number=number, uploads=list(life.github.uploads))
            for write in whole[:first]:
                github.do(write)
            for write in said(github, decided, life.mine, life.trouble):
                github.do(write)
            ends.append(github)
        assert all(end.conversation == ends[0].conversation for end in ends)
        life.github = ends[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_another_run_of_the_same_head_has_nothing_to_add(seed):
    for life, decided in lives(seed):
        for write in said(life.github, decided, life.mine, life.trouble):
            life.github.do(write)
        other = about_again(life.mine)
        slower = tuple(r.but(seconds=r.seconds + 3, cached=True) for r in decided.reports)
        again = decided.model_copy(update={"reports": slower})
        assert said(life.github, again, other, life.trouble) == ()


def about_again(mine: About) -> About:
    return About(
        run="run-2",
        run_url="https://prefect.example.org/runs/run-2",
        policy=mine.policy,
        shown=mine.shown,
        change=mine.change,
        seconds=99,
    )


@pytest.mark.parametrize("refused", [1, 5, 25])
def test_what_github_refused_is_in_the_summary_and_the_rest_on_its_lines(refused):
    github, mine = GitHub(), about()
    findings = [finding(number) for number in range(1, 26)]
    why = {f.fingerprint: "line must be part of the diff" for f in findings[:refused]}
    trouble = Trouble(refused=why)
    writes = to_say(verdict(*findings), github.conversation, mine, trouble)
    review = [write for write in writes if isinstance(write, PostReview)]
    assert sum(len(post.comments) for post in review) == 25 - refused
    for write in writes:
        github.do(write)
    (summary,) = github.conversation.remarks
    assert summary.body.count("GitHub refused a comment there: line must be part") == refused
    assert to_say(verdict(*findings), github.conversation, mine, trouble) == ()

    # the next run has not seen GitHub refuse anything: it says the same in other words, once
    later = to_say(verdict(*findings), github.conversation, mine)
    if refused < 25:
        assert [type(write) for write in later] == [EditSummary]


def test_a_second_worker_that_saw_nothing_of_the_first_leaves_doubles_which_are_deleted():
    github, mine = GitHub(), about(request_changes=False)
    decided = verdict(*(finding(number) for number in range(1, 4)))
    for write in (*to_say(decided, github.conversation, mine),) * 2:
        github.do(write)
    assert len(github.conversation.threads) == 6
    for write in to_say(decided, github.conversation, mine):
        github.do(write)
    assert set(open_findings(github).values()) == {1}
    assert sum(r.ours for r in github.conversation.remarks) == 1
    assert to_say(decided, github.conversation, mine) == ()
