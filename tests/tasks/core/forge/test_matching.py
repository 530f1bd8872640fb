"""A thread follows its finding; nothing is said twice, nothing is settled that is not fixed."""

from __future__ import annotations

import random

import pytest

from tasks.core.finding import Finding
from tasks.core.fingerprint import fingerprinted
from tasks.core.forge.conversation import Remark, Thread
from tasks.core.forge.markers import finding_mark, summary_mark
from tasks.core.forge.matching import Matched, match

OLD, HEAD = "0" * 40, "1" * 40


def found(print_: str, line_print: str = "", line: int = 1, path: str = "a.py") -> Finding:
    return Finding(
        path=path,
        line=line,
        rule="t/R",
        severity="error",
        message="m",
        fingerprint=print_,
        line_fingerprint=line_print,
        step="s",
    )


def thread(id_: str, print_: str, line_print: str = "", **values) -> Thread:
    """Return a thread of ours; ``answers`` are what stands below its first comment."""
    fixed, answers = values.pop("fixed", ""), values.pop("answers", ())
    at, ours = values.pop("at", "2026-01-01T00:00:00Z"), values.pop("ours", True)
    mark = values.pop("mark", finding_mark(print_, line_print, OLD, fixed, step="s"))
    number = values.pop("number", 1)
    first = Remark(id=f"c{id_}", number=number, body=f"{mark}\n\ntext", ours=ours, at=at)
    default = {"path": "a.py", "line": 1}
    return Thread(id=id_, remarks=(first, *answers), **{**default, **values})


def matched(findings, threads, *, others=(), looked=lambda *_: True) -> Matched:
    return match(findings, threads, head=HEAD, looked=looked, others=others)


def ids(result: Matched) -> tuple[dict[str, str], list[str], list[str]]:
    return (
        {thread: finding.fingerprint for thread, finding in result.open.items()},
        [finding.fingerprint for finding in result.unsaid],
        [thread.id for thread in result.gone],
    )


THEIRS = Remark(id="x", number=9, body="why?", author="mona")
MINE = Remark(id="y", number=10, body="with our token", ours=True)


def test_where_there_is_nothing_nothing_is_to_be_done():
    assert ids(matched((), ())) == ({}, [], [])


@pytest.mark.parametrize(
    "stranger",
    [
        thread("T", "f", ours=False),
        thread("T", "f", mark="text"),
        thread("T", "f", mark=summary_mark()),
        Thread(id="T", path="a.py", remarks=()),
    ],
    ids=["not ours", "no mark", "another mark", "empty"],
)
def test_what_is_not_our_thread_about_a_finding_is_left_alone(stranger):
    assert ids(matched([found("f")], [stranger])) == ({}, ["f"], [])
    assert ids(matched([], [stranger])) == ({}, [], [])


@pytest.mark.parametrize(
    ("finding", "there", "unsaid", "gone"),
    [
        (found("f"), thread("T", "f"), [], []),
        (found("f", line=99), thread("T", "f", line=0), [], []),
        (found("f2", "l"), thread("T", "f1", "l"), [], []),
        (found("f", "l2"), thread("T", "f", "l1"), [], []),
        (found("f"), thread("T", "f", answers=(THEIRS,)), [], []),
        (found("f"), thread("T", "f", resolved=True), [], []),
        (found("f"), thread("T", "f", fixed=OLD), ["f"], []),
        (found("f"), thread("T", "f", fixed=HEAD), ["f"], []),
        (found("f2", "l"), thread("T", "f1", "l", fixed=HEAD), ["f2"], []),
        (found("f2", "l2"), thread("T", "f1", "l1"), ["f2"], ["T"]),
        (found("f", ""), thread("T", "g", ""), ["f"], ["T"]),
        (found("f"), thread("T", "f", fixed=OLD, resolved=True), ["f"], []),
        (found("f"), thread("T", "f", fixed=HEAD, resolved=True), ["f"], []),
    ],
    ids=[
        "same",
        "line is gone",
        "neighbour edited",
        "occurrence moved",
        "answered",
        "resolved by a person",
        "came back to a thread that says fixed and is open",
        "came back before we resolved it",
        "came back with a neighbour edited, before we resolved it",
        "line edited",
        "no fingerprints are not the same",
        "came back",
        "came back at once",
    ],
)
def test_a_thread_is_about_its_finding_or_about_none(finding, there, unsaid, gone):
    matched_ = matched([finding], [there])
    assert [f.fingerprint for f in matched_.unsaid] == unsaid
    assert [t.id for t in matched_.gone] == gone
    assert dict(matched_.open) == ({} if unsaid else {"T": finding})


@pytest.mark.parametrize(
    ("there", "settled"),
    [
        (thread("T", "f"), True),
        (thread("T", "f", fixed=HEAD), True),
        (thread("T", "f", line=0), True),
        (thread("T", "f", fixed=OLD), False),
        (thread("T", "f", resolved=True), False),
        (thread("T", "f", fixed=HEAD, resolved=True), False),
        (thread("T", "f", answers=(THEIRS,)), False),
        (thread("T", "f", answers=(MINE,)), False),
        (thread("T", "f", answers=(THEIRS,), fixed=HEAD), False),
    ],
    ids=[
        "open",
        "we crashed before we resolved it",
        "outdated",
        "a person reopened it",
        "a person resolved it",
        "settled",
        "a person answered",
        "a person answered with our token",
        "answered after we crashed",
    ],
)
def test_a_thread_without_its_finding_is_settled_where_nobody_else_has_a_say(there, settled):
    assert ids(matched([], [there])) == ({}, [], ["T"] * settled)


def test_what_is_said_anew_is_said_once_and_the_old_thread_is_left_alone():
    threads = [thread("T", "f", "l", fixed=OLD), thread("U", "f", "l")]
    for order in (threads, threads[::-1]):
        assert ids(matched([found("f", "l")], order)) == ({"U": "f"}, [], [])
        assert ids(matched([found("f2", "l")], order)) == ({"U": "f2"}, [], [])
        assert ids(matched([], order)) == ({}, [], ["U"])


def test_a_finding_that_does_not_count_keeps_its_fixed_thread_as_it_is():
    threads = [thread("T", "f", fixed=HEAD)]
    assert ids(matched([], threads, others=[found("f")])) == ({}, [], [])


def test_what_nobody_looked_for_is_not_fixed():
    asked = []

    def looked(step: str, path: str) -> bool:
        asked.append((step, path))
        return False

    assert ids(matched([], [thread("T", "f")], looked=looked)) == ({}, [], [])
    assert asked == [("s", "a.py")]


def test_a_finding_that_does_not_count_is_neither_said_nor_fixed():
    threads = [thread("T", "f"), thread("U", "g1", "l")]
    result = matched([found("h")], threads, others=[found("f"), found("g2", "l"), found("i")])
    assert ids(result) == ({}, ["h"], [])


def test_the_exact_fingerprint_goes_first_whatever_the_order():
    near, exact = found("f2", "l", line=1), found("f1", "l", line=50)
    threads = [thread("T", "f1", "l", line=1)]
    for findings in ([near, exact], [exact, near]):
        assert ids(matched(findings, threads)) == ({"T": "f1"}, ["f2"], [])


def test_of_several_that_fit_the_nearest_is_it_and_each_is_used_once():
    threads = [thread("T", "x1", "l", line=10), thread("U", "x2", "l", line=90)]
    findings = [found("f90", "l", line=88), found("f10", "l", line=12), found("f50", "l", line=49)]
    result = matched(findings, threads)
    assert ids(result) == ({"U": "f90", "T": "f10"}, ["f50"], [])


def test_an_open_thread_goes_before_a_resolved_one_and_a_line_before_none():
    threads = [
        thread("R", "f", resolved=True),
        thread("N", "f", line=0),
        thread("O", "f", line=500),
    ]
    assert ids(matched([found("f")], threads)) == ({"O": "f"}, [], [])


def test_a_double_of_a_thread_whose_finding_is_there_is_not_fixed():
    doubles = [thread("T", "f1", "l"), thread("U", "f1", "l")]
    assert ids(matched([found("f2", "l")], doubles)) == ({"T": "f2"}, [], [])
    assert ids(matched([], doubles)) == ({}, [], ["T", "U"])


def test_whatever_was_edited_each_finding_is_said_once_and_threads_follow():
    """Write real lines, move and edit them, and hold each step against what stands."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    for _ in range(100):
        lines = [f"x{n} = {n % 5}" for n in range(20)]
        at = sorted(chance.sample(range(20), 6))
        before = _prints(lines, at)
        threads = [
            thread(f"T{f.line}", f.fingerprint, f.line_fingerprint, line=f.line) for f in before
        ]
        shift = chance.randrange(4)
        lines = ["# new"] * shift + lines
        for n in range(shift, len(lines), 3):  # beside some of them
            if n - shift not in at:
                lines[n] += "  # edited"
        result = matched(_prints(lines, [n + shift for n in at]), threads)
        assert not result.unsaid
        assert not result.gone
        assert {t: f.line - shift for t, f in result.open.items()} == {
            f"T{f.line}": f.line for f in before
        }


def _prints(lines: list[str], at: list[int]) -> tuple[Finding, ...]:
    return fingerprinted([found("", line=n + 1) for n in at], lambda _: "\n".join(lines))
