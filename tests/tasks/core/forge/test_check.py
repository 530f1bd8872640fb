from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.core.change import Kind
from tasks.core.forge.check import CONCLUSIONS, STATES, beside, description, output, title
from tasks.core.forge.placing import Placing
from tasks.core.forge.writes import CHECK_LIMIT, MESSAGE_LIMIT, Annotation, Conclusion
from tasks.core.verdict import Answer
from tests.tasks.core.forge.scenes import PATH, about, changed, finding, verdict
from tests.tasks.core.render.test_formats import NASTY, hostile

LONG = ["é" * 300, "变量" * 5_000, "🟠" * 9_000, "\U000e0001" * 9_000]


def annotated(*findings, files=(), **say):
    mine = about(*files, **say)
    placing = Placing(mine.change, mine.shown.text_of)
    return beside(verdict(*findings), mine, placing)


def test_every_answer_has_a_conclusion_and_only_a_pass_succeeds():
    assert set(CONCLUSIONS) == set(Answer)
    assert {a for a, c in CONCLUSIONS.items() if c is Conclusion.SUCCESS} == {Answer.PASSED}
    assert CONCLUSIONS[Answer.DID_NOT_LOOK] is Conclusion.ACTION_REQUIRED
    assert set(STATES) == set(Conclusion)


def test_a_clean_verdict_says_so_and_annotates_nothing():
    said = output(verdict(), about())
    assert said.title == "passed: no findings"
    assert "## ✅ Passed: no findings" in said.summary
    assert annotated() == ()


@pytest.mark.parametrize("text", [*NASTY, *LONG, ""])
def test_titles_are_one_plain_line_of_their_length(text):
    decided = hostile(text).model_copy(update={"summary": text})
    said = output(decided, about())
    assert 0 < len(said.title.encode()) <= 255
    assert said.title.isprintable()
    assert len(said.summary.encode()) <= CHECK_LIMIT
    assert len(description(text).encode()) <= 140


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("x" * 255, "x" * 255),
        ("é" * 127 + "x", "é" * 127 + "x"),
        ("x" * 256, "x" * 252 + "…"),
        ("x" * 9_999, "x" * 252 + "…"),
        ("é" * 128, "é" * 126 + "…"),
        ("x" + "é" * 128, "x" + "é" * 125 + "…"),
        ("变" * 86, "变" * 84 + "…"),
        ("🟠" * 64, "🟠" * 63 + "…"),
        ("x" * 251 + " " + "y" * 9, "x" * 251 + "…"),
    ],
)
def test_a_title_of_too_many_bytes_is_cut_with_a_sign_and_between_characters(text, said):
    assert title(text) == said


@pytest.mark.parametrize(
    ("values", "annotation"),
    [
        ({}, (3, 3, "warning", 0)),
        ({"severity": "info"}, (3, 3, "notice", 0)),
        ({"severity": "error"}, (3, 3, "failure", 0)),
        ({"severity": "critical"}, (3, 3, "failure", 0)),
        ({"column": 7}, (3, 3, "warning", 7)),
        ({"column": 7, "end_line": 5}, (3, 5, "warning", 0)),
        ({"column": 7, "end_line": 5, "suggestion": "x"}, (3, 5, "warning", 0)),
        ({"line": 0}, (1, 1, "warning", 0)),  # of a whole file
        # clipped to its one changed line, where its column is not
        ({"line": 18, "end_line": 20, "column": 7}, (20, 20, "warning", 0)),
        ({"line": 30, "end_line": 30}, None),
        ({"line": 0, "path": "unnameable/1.py"}, None),
        ({"line": 0, "path": "other.py"}, None),
        ({"on_changed_line": False}, None),
    ],
)
def test_annotations_stand_beside_changed_lines(values, annotation):
    files = (
        changed(PATH, range(1, 10), range(20, 21)),
        changed("unnameable/1.py", kind=Kind.ADDED),
    )
    found = annotated(finding(3, **values), files=files)
    said = [(a.start_line, a.end_line, a.level, a.start_column) for a in found]
    assert said == ([annotation] if annotation else [])


def test_a_summary_in_another_script_fits_as_well():
    found = [finding(n, message="变量名称未定义" * 60) for n in range(1, 60)]
    assert len(output(verdict(*found), about()).summary.encode()) <= CHECK_LIMIT


def test_where_all_lines_are_shown_only_those_of_the_change_are_annotated():
    mine = about()
    mine = replace(mine, shown=replace(mine.shown, all_lines=True))
    decided = verdict(finding(0, line=0, on_changed_line=False), finding(3))
    said = beside(decided, mine, Placing(mine.change, mine.shown.text_of))
    assert [annotation.start_line for annotation in said] == [3]


def test_an_annotation_says_rule_and_message_as_plain_text():
    assert annotated(finding(3, message="use\n`is`  *here*")) == (
        Annotation(PATH, 3, 3, "warning", "ruff/F401", "use `is` *here*"),
    )


@pytest.mark.parametrize("text", [*NASTY, *LONG])
def test_what_strangers_wrote_fits_and_does_not_act(text):
    (said,) = annotated(finding(3).but(message=text, rule=f"tool/{text}"))
    assert said.message.isprintable()
    assert said.title.isprintable()
    assert 0 < len(said.title.encode()) <= 255
    assert 0 < len(said.message.encode()) <= MESSAGE_LIMIT


def test_a_message_without_a_word_is_the_rule():
    (said,) = annotated(finding(3, message=" \n"))
    assert said.message == "ruff/F401"


def test_the_worst_come_first_and_only_so_many():
    found = [finding(n, severity="error" if n == 9 else "info") for n in range(1, 10)]
    assert [said.start_line for said in annotated(*found, annotations=3)] == [9, 1, 2]
    assert annotated(*found, annotations=0) == ()
    assert annotated(*found) == annotated(*reversed(found))
