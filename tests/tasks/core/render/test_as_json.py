from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tasks.core.dismissal import Dismissal, Dismissed, Scope
from tasks.core.finding import Finding
from tasks.core.render.as_json import render
from tasks.core.report import Gap, Report, Use
from tasks.core.verdict import Answer, LeftOut, Truncated, Verdict

SCHEMA = json.loads(
    (Path(__file__).parents[4] / "docs/verdict.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)


def found(**values) -> Finding:
    plain = {"path": "a.py", "line": 1, "rule": "t/R", "severity": "info", "message": "m"}
    return Finding(**{**plain, **values})


ODD = {
    "nothing": Verdict(answer=Answer.PASSED),
    "did not look": Verdict(answer=Answer.DID_NOT_LOOK, reports=(Report(step="a", attempts=0),)),
    "whole file": Verdict(
        answer=Answer.PASSED, reports=(Report(step="a", findings=(found(line=0, end_line=7),)),)
    ),
    "end before line": Verdict(
        answer=Answer.PASSED, reports=(Report(step="a", findings=(found(line=9, end_line=2),)),)
    ),
    "empty words": Verdict(
        answer=Answer.FAILED,
        reports=(Report(step="", findings=(found(path="", rule="", message="", suggestion=""),)),),
        left_out_steps=(LeftOut(step="", why=""),),
        truncated=(Truncated(path="", why=""),),
        recommendations=("",),
    ),
    "a gap without a reason": Verdict(
        answer=Answer.PASSED, reports=(Report(step="a", gaps=(Gap(who="", why=""),)),)
    ),
    "findings and a gap": Verdict(
        answer=Answer.FAILED,
        reports=(
            Report(
                step="a",
                findings=(found(severity="critical", column=4, suggestion="x\ny"),) * 3,
                gaps=(Gap(who="t", why="w", path="p"), Gap(who="u", why="v")),
                used=(Use(tool="t"),),
                facts=("f",),
                started=1e9,
                seconds=0.000123456,
            ),
        ),
        elsewhere=2**40,
    ),
    "dismissed": Verdict(
        answer=Answer.PASSED,
        reports=(Report(step="a", findings=(found(),)),),
        dismissed=(
            Dismissed(finding=found(rule="t/S"), dismissal=Dismissal(fingerprint="")),
            Dismissed(
                finding=found(line=0),
                dismissal=Dismissal(
                    fingerprint="f", by="b", why="w", at="2026-01-01", scope=Scope.REPOSITORY
                ),
            ),
        ),
        baselined=2**40,
    ),
}


@pytest.mark.parametrize("verdict", ODD.values(), ids=ODD)
def test_whatever_the_verdict_is_the_schema_holds(verdict, shown):
    VALIDATOR.validate(json.loads(render(verdict, shown)))


def test_the_schema_is_one_of_draft_2020_12_and_refuses_what_it_does_not_know(verdict, shown):
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(render(verdict, shown))
    VALIDATOR.validate(document)
    for place in (document, document["steps"][0], document["findings"][0], document["left_out"][0]):
        place["new"] = 1
        with pytest.raises(ValidationError, match="new"):
            VALIDATOR.validate(document)
        del place["new"]


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "clean"},
        {"schema": 2},
        {"elsewhere": -1},
        {"steps": [{"name": "a", "status": "did_not_look", "reason": "", "seconds": 0}]},
    ],
)
def test_the_schema_refuses_what_is_wrong(change, verdict, shown):
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**json.loads(render(verdict, shown)), **change})


def test_every_field_says_what_the_verdict_says(verdict, shown):
    document = json.loads(render(verdict, shown))
    assert document["schema"] == 1
    assert document["verdict"] == "failed"
    assert (document["base"], document["head"]) == ("4f0c1a9b" * 5, "9e107d9d" * 5)
    assert document["steps"][1] == {
        "name": "security_scan",
        "status": "did_not_look",
        "reason": "osv: no answer from the vulnerability data",
        "seconds": 75.0,
        "cached": False,
        "attempts": 3,
    }
    assert document["findings"][1] == {
        "path": "src/shop/payments.py",
        "line": 6,
        "end_line": 6,
        "rule": "ruff/E711",
        "severity": "error",
        "message": "Comparison to `None` should be `cond is None`",
        "suggestion": "\tif cents is None:",
        "fingerprint": "b2" * 8,
        "line_fingerprint": "",
        "step": "code_quality",
        "on_changed_line": True,
    }
    assert document["truncated"] == [{"path": "data/big.json", "reason": "larger than 1 MB"}]
    assert document["left_out"] == [{"name": "test_coverage", "reason": "no Python changed"}]
    assert document["recommendations"] == ["Apply the 2 fixes that ruff offers"]
    assert document["elsewhere"] == 1
    assert (document["dismissed"], document["baselined"]) == ([], 0)


def test_no_suggestion_is_null_and_an_empty_one_deletes(shown):
    report = Report(step="a", findings=(found(), found(rule="t/S", suggestion="")))
    document = json.loads(render(Verdict(answer=Answer.PASSED, reports=(report,)), shown))
    assert [finding["suggestion"] for finding in document["findings"]] == [None, ""]


def test_what_was_dismissed_has_its_finding_and_the_word(shown):
    document = json.loads(render(ODD["dismissed"], shown))
    assert [finding["rule"] for finding in document["findings"]] == ["t/R"]
    last = document["dismissed"][1]
    assert last.pop("finding")["line"] == 0
    assert last == {"by": "b", "why": "w", "at": "2026-01-01", "scope": "repository"}
    assert document["baselined"] == 2**40
