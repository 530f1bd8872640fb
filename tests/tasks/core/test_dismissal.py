"""Which word is about which finding: what is sure goes before what is likely."""

from __future__ import annotations

import pytest

from tasks.core.dismissal import Dismissal, Scope, completed, learned, matching, set_aside
from tasks.core.finding import Finding
from tasks.core.report import Gap, Report, Status

A, B, C = "a" * 16, "b" * 16, "c" * 16
L, M = "1" * 16, "2" * 16


def found(fingerprint=A, line=L, *, rule="t/X", path="a.py", changed=True):
    return Finding(
        path=path,
        line=1,
        rule=rule,
        severity="error",
        message="m",
        fingerprint=fingerprint,
        line_fingerprint=line,
        on_changed_line=changed,
    )


def word(fingerprint=A, line=L, *, rule="t/X", path="a.py", scope=Scope.PULL_REQUEST, why=""):
    return Dismissal(
        fingerprint=fingerprint, line_fingerprint=line, rule=rule, path=path, scope=scope, why=why
    )


NOBODY = (None,)


@pytest.mark.parametrize(
    ("findings", "words", "matched"),
    [
        # nothing is dismissed
        ([], [], ()),
        ([], [word()], ()),
        ([found()], [], NOBODY),
        ([found(B, M)], [word()], NOBODY),
        # nothing is known of the finding, or said in the word
        ([found("", "")], [word("", "")], NOBODY),
        ([found("", L)], [word("", "")], NOBODY),
        ([found(A, "")], [word(B, "")], NOBODY),
        # by the fingerprint, whatever the rest says
        ([found()], [word()], (0,)),
        ([found()], [word(A, "", rule="", path="")], (0,)),
        ([found(A, M)], [word()], (0,)),
        ([found(A, L), found(A, M)], [word()], (0, 0)),
        # by the line alone, where the rule and the path are the same
        ([found(B)], [word()], (0,)),
        ([found(B, rule="t/Y")], [word()], NOBODY),
        ([found(B, path="b.py")], [word()], NOBODY),
        # a copy of a dismissed line, while the original is there, and when it is gone
        ([found(A), found(B)], [word()], (0, None)),
        ([found(B), found(A)], [word()], (None, 0)),
        ([found(B), found(C)], [word()], (0, None)),
        # two words for two findings
        ([found(B, M), found(C)], [word(), word("d" * 16, M)], (1, 0)),
        # a person's word goes before the baseline's, the narrower before the wider
        ([found()], [word(scope=Scope.BASELINE), word(scope=Scope.REPOSITORY)], (1,)),
        ([found()], [word(scope=Scope.REPOSITORY), word()], (1,)),
        ([found(B)], [word(scope=Scope.BASELINE), word(scope=Scope.REPOSITORY)], (1,)),
        ([found()], [word(why="first"), word(why="second")], (0,)),
        ([found(B)], [word(why="first"), word(why="second")], (0,)),
        # the first digits, as people write them
        ([found()], [word("aaaaaaaa", "")], (0,)),
        ([found()], [word("AAAAAAAAAA", "")], (0,)),
        ([found()], [word("aaaaaaa", "")], NOBODY),
        ([found()], [word(A + "a", "")], NOBODY),
        ([found("aaaaaaaa11111111"), found("aaaaaaaa22222222")], [word("aaaaaaaa", "")],
         (None, None)),
        ([found("aaaaaaaa11111111"), found("aaaaaaaa22222222")], [word("aaaaaaaa2", "")],
         (None, 0)),
    ],
)  # fmt: skip
def test_every_finding_has_the_word_that_is_about_it(findings, words, matched):
    expected = tuple(None if at is None else words[at] for at in matched)
    assert matching(findings, words) == expected


def test_thousands_of_words_are_looked_up_and_not_compared():
    many = [word(f"{n:016x}", f"{n:016x}") for n in range(20_000)]
    findings = [found(f"{n:016x}", f"{n:016x}") for n in range(0, 20_000, 2)]
    assert [said.fingerprint for said in matching(findings, many)] == [
        finding.fingerprint for finding in findings
    ]


@pytest.mark.parametrize(
    ("said", "finding", "known"),
    [
        (word(), found(), word()),
        (word("aaaaaaaa", "", rule="", path=""), found(), word()),
        (word("AAAAAAAA", "", rule="", path=""), found(), word()),
        (word(), found(B), word()),
        (word(A, "", rule="", path=""), found(A, M), word(A, M)),
    ],
)
def test_a_word_learns_from_its_finding_what_it_did_not_say(said, finding, known):
    assert completed(said, finding) == known


def test_what_is_kept_for_other_reviews_is_what_is_known_of_the_finding():
    asked = [word("aaaaaaaa", "", rule="", path="", why="w"), word(C, M), word("bbbbbbbb", "")]
    assert learned(asked, [found(), found(B)]) == (word(why="w"), word(B))
    assert learned([], [found()]) == learned(asked, []) == ()


def test_nothing_leaves_where_nobody_said_a_word():
    reports = (Report(step="s", findings=(found(),)),)
    assert set_aside(reports, (), all_lines=False) == (reports, ())


def test_a_report_that_loses_all_its_findings_is_clean_and_keeps_its_gaps():
    gap = Gap(who="t", why="w")
    reports = (
        Report(step="one", findings=(found(),)),
        Report(step="two", findings=(found(B, M),), gaps=(gap,)),
        Report(step="three", findings=(found(C, ""),)),
    )
    left, aside = set_aside(reports, [word(), word(B, M)], all_lines=False)
    assert [report.status for report in left] == [
        Status.CLEAN,
        Status.DID_NOT_LOOK,
        Status.FINDINGS,
    ]
    assert left[1].gaps == (gap,)
    assert [(said.finding, said.dismissal) for said in aside] == [
        (found(), word()),
        (found(B, M), word(B, M)),
    ]


@pytest.mark.parametrize(("all_lines", "left"), [(False, 1), (True, 0)])
def test_what_does_not_count_needs_nobody_to_dismiss_it(all_lines, left):
    reports = (Report(step="s", findings=(found(changed=False),)),)
    after, aside = set_aside(reports, [word()], all_lines=all_lines)
    assert (len(after[0].findings), len(aside)) == (left, 1 - left)
