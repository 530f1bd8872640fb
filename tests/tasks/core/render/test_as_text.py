from __future__ import annotations

import dataclasses
import re

import pytest

from tasks.core.finding import Finding
from tasks.core.render.as_text import render
from tasks.core.report import Report
from tasks.core.verdict import Answer, Verdict

GOLDEN = """\
src/shop/payments.py
      1:8  warning   `os` imported but unused  ruff/F401
        1 | import os
          |        ^
          | suggestion: delete this line
     6:14  error     Comparison to `None` should be `cond is None`  ruff/E711
        6 |     if cents == None:
          |                 ^
          | suggestion:     if cents is None:

Steps
  code_quality       2 findings                1.50 s
                     3 files
  security_scan      did not look        1 min 15 s  3 attempts
  config_validation  clean                     0.25 s  cached

Not looked at
  security_scan, osv: no answer from the vulnerability data
  data/big.json: larger than 1 MB

Left out
  test_coverage: no Python changed

What to do
  1. Apply the 2 fixes that ruff offers

--all-lines shows what is on lines that the change does not touch.
Failed: 1 error and 1 below error; security_scan did not look
"""


def test_the_terminal_reads_like_this(verdict, shown):
    said = render(verdict, shown)
    # Columns are compared without their padding, which the widest cell decides.
    assert squeezed(said) == squeezed(GOLDEN)
    assert said.endswith("\n")


def squeezed(text: str) -> list[str]:
    return [re.sub(" {2,}", "  ", line) for line in text.splitlines()]


def test_the_columns_of_the_steps_stand_below_each_other(verdict, shown):
    lines = render(verdict, shown).splitlines()
    start = lines.index("Steps") + 1
    rows = [line for line in lines[start : start + 4] if "files" not in line]
    assert len({re.search(r"\d s", row).end() for row in rows}) == 1


def test_the_last_line_is_the_verdict(clean, verdict, shown):
    assert render(clean, shown).splitlines()[-1] == "Passed: no findings"
    silent = clean.model_copy(
        update={"answer": Answer.DID_NOT_LOOK, "summary": "did not look: security_scan"}
    )
    assert render(silent, shown).splitlines()[-1] == "Did not look: security_scan"
    assert render(verdict, shown).splitlines()[-1].startswith("Failed: 1 error")


def test_nothing_is_said_of_what_there_is_not(clean, shown):
    said = render(clean, shown)
    for title in ("Not looked at", "Left out", "What to do", "--all-lines"):
        assert title not in said


def test_a_verdict_over_nothing_is_one_line(plan, shown):
    nothing = Verdict(answer=Answer.PASSED, summary="passed: nothing to look at")
    only = dataclasses.replace(shown, plan=plan.without(plan.names[:-1]))
    assert render(nothing, only) == "Passed: nothing to look at\n"


def test_colour_is_only_where_it_is_asked_for_and_changes_no_word(verdict, shown):
    plain = render(verdict, shown)
    coloured = render(verdict, dataclasses.replace(shown, colour=True))
    assert "\x1b" not in plain
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_a_stranger_cannot_add_a_line_or_a_colour(shown):
    finding = Finding(
        path="a\n\x1b[32mPassed: no findings\x1b[0m.py",
        line=1,
        rule="t/R",
        severity="error",
        message="x\nPassed: no findings",
    )
    verdict = Verdict(answer=Answer.FAILED, reports=(Report(step="a", findings=(finding,)),))
    source = dataclasses.replace(shown, colour=True, text_of=lambda _: "\x1b[2J\x1b]0;t\x07")
    lines = render(verdict, source).splitlines()
    assert re.sub(r"\x1b\[[\d;]*m", "", lines[0]) == r"a\n\x1b[32mPassed: no findings\x1b[0m.py"
    assert not any(line.startswith("Passed") for line in lines)
    assert "\x1b[2J" not in "".join(lines)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"line": 0}, "        -  info"),
        ({"line": 3}, "        3  info"),
        ({"line": 3, "column": 9}, "      3:9  info"),
        ({"line": 1, "end_line": 2, "suggestion": ""}, "suggestion: delete these 2 lines"),
        ({"line": 1, "suggestion": "a\nb"}, "| suggestion: a\n          |             b"),
    ],
)
def test_places_and_suggestions_are_told(values, said, shown):
    finding = Finding(path="a", rule="t/R", severity="info", message="m", **values)
    verdict = Verdict(answer=Answer.PASSED, reports=(Report(step="a", findings=(finding,)),))
    assert said in render(verdict, shown)


def test_advice_is_numbered(clean, shown):
    said = render(clean.model_copy(update={"recommendations": ("First", "Second")}), shown)
    assert "What to do\n  1. First\n  2. Second\n" in said


def test_files_are_apart(shown):
    findings = [
        Finding(path=path, line=1, rule="t/R", severity="info", message="m") for path in "abb"
    ]
    verdict = Verdict(answer=Answer.PASSED, reports=(Report(step="s", findings=tuple(findings)),))
    said = render(verdict, shown)
    assert said.startswith("a\n")
    assert "\n\nb\n" in said
    assert said.count("\nb\n") == 1
