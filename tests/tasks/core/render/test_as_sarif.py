from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, ValidationError

from tasks.core.finding import Finding, Severity
from tasks.core.render import as_sarif
from tasks.core.render.as_sarif import render
from tasks.core.report import Report
from tasks.core.verdict import Answer, LeftOut, Verdict
from tests.tasks.core.render.test_as_json import ODD
from tests.tasks.core.render.test_formats import NASTY, hostile

SCHEMA_FILE = Path(__file__).parents[3] / "data/sarif/sarif-schema-2.1.0.json"
VALIDATOR = Draft4Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def run_of(verdict, shown):
    log = json.loads(render(verdict, shown))
    VALIDATOR.validate(log)
    assert len(log["runs"]) == 1
    return log["runs"][0]


def found(**values) -> Finding:
    plain = {"path": "a.py", "line": 1, "rule": "t/R", "severity": "info", "message": "m"}
    return Finding(**{**plain, **values})


def one(*findings: Finding) -> Verdict:
    return Verdict(answer=Answer.PASSED, reports=(Report(step="a", findings=findings),))


@pytest.mark.parametrize("verdict", ODD.values(), ids=ODD)
def test_whatever_the_verdict_is_the_official_schema_holds(verdict, shown):
    run_of(verdict, shown)


@pytest.mark.parametrize("text", NASTY)
def test_the_official_schema_holds_for_hostile_text(text, shown):
    run_of(hostile(text), shown)


def test_the_official_schema_would_refuse_something(verdict, shown):
    log = json.loads(render(verdict, shown))
    log["runs"][0]["results"][0]["level"] = "critical"
    with pytest.raises(ValidationError):
        VALIDATOR.validate(log)


def test_results_name_their_rule_place_and_fingerprint_the_worst_first(verdict, shown):
    first, second = run_of(verdict, shown)["results"]
    assert (first["ruleId"], first["level"]) == ("ruff/E711", "error")
    assert (second["ruleId"], second["level"]) == ("ruff/F401", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/shop/payments.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 6, "endLine": 6, "startColumn": 14}
    assert first["partialFingerprints"] == {"prefectReview/v1": "b2" * 8}
    assert "suppressions" not in first


def test_a_result_has_both_fingerprints_where_there_are_both(shown):
    found_by_line = found(fingerprint="b2" * 8, line_fingerprint="c3" * 8)
    (result,) = run_of(one(found_by_line), shown)["results"]
    assert result["partialFingerprints"] == {
        "prefectReview/v1": "b2" * 8,
        "prefectReviewLine/v1": "c3" * 8,
    }
    (result,) = run_of(one(found()), shown)["results"]
    assert "partialFingerprints" not in result


def test_rules_have_help_and_are_told_once(verdict, shown):
    twice = verdict.model_copy(update={"reports": verdict.reports + verdict.reports[:1]})
    run = run_of(twice, shown)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["ruff/E711", "ruff/F401"]
    for rule in rules:
        assert rule["fullDescription"]["text"] == "ruff: style and common bugs."
        assert rule["helpUri"] == "https://docs.astral.sh/ruff/rules/"
        assert rule["helpUri"] in rule["help"]["text"]
    assert rules[0]["defaultConfiguration"] == {"level": "error"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_rule_nobody_described_has_help_without_an_address(shown):
    rule = run_of(one(found(rule="other")), shown)["tool"]["driver"]["rules"][0]
    assert "helpUri" not in rule
    assert rule["help"]["text"] == "other is a rule of other: a finding of this tool."
    assert rule["name"] == "other"


@pytest.mark.parametrize(
    ("severity", "level", "security"),
    [
        (Severity.INFO, "note", "2.0"),
        (Severity.WARNING, "warning", "5.0"),
        (Severity.ERROR, "error", "8.0"),
        (Severity.CRITICAL, "error", "9.5"),
    ],
)
def test_severities_are_levels_and_for_security_a_number(severity, level, security, shown):
    run = run_of(one(found(severity=severity, step="security_scan")), shown)
    assert run["results"][0]["level"] == level
    properties = run["tool"]["driver"]["rules"][0]["properties"]
    assert properties == {"tags": ["security"], "security-severity": security}


def replacement(finding, shown):
    fix = run_of(one(finding), shown)["results"][0]["fixes"][0]
    (change,) = fix["artifactChanges"]
    (replaced,) = change["replacements"]
    return replaced


def test_a_suggestion_is_a_fix_of_whole_lines(shown):
    replaced = replacement(found(line=2, end_line=3, suggestion="x\ny"), shown)
    assert replaced["deletedRegion"] == {"startLine": 2, "endLine": 3}
    assert replaced["insertedContent"] == {"text": "x\ny"}


def test_a_deletion_takes_the_line_break_with_it_except_at_the_end(shown):
    shown = dataclasses.replace(shown, text_of=lambda _: "a\nb\n")
    gone = replacement(found(line=1, suggestion=""), shown)
    assert gone["deletedRegion"] == {
        "startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1,
    }  # fmt: skip
    assert replacement(found(line=2, suggestion=""), shown)["deletedRegion"] == {
        "startLine": 2,
        "endLine": 2,
    }


def test_a_whole_file_has_no_region_and_no_fix(shown):
    (result,) = run_of(one(found(line=0, suggestion="x")), shown)["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert "fixes" not in result


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f-string without {}", "f-string without {{}}"),
        ("placeholder {0}", "placeholder {{0}}"),
        ("list[int]", "list[int]"),
        ("[click](https://evil.example)", "\\[click\\](https://evil.example)"),
        ("two\nlines \x1b[0m", "two lines \\x1b[0m"),
        ("", "t/R"),
    ],
)
def test_a_message_holds_no_placeholder_and_no_link(text, said, shown):
    (result,) = run_of(one(found(message=text)), shown)["results"]
    assert result["message"] == {"text": said}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b.py", "a%20b.py"),
        ("x:y/ü.py", "x%3Ay/%C3%BC.py"),
        ("100%.py", "100%25.py"),
        ("back\\xff", "back%5Cxff"),
    ],
)
def test_a_path_is_a_uri(path, uri, shown):
    (result,) = run_of(one(found(path=path)), shown)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_gaps_are_notifications(verdict, shown):
    (invocation,) = run_of(verdict, shown)["invocations"]
    said = [
        (note["descriptor"]["id"], note["message"]["text"])
        for note in invocation["toolExecutionNotifications"]
    ]
    assert said == [
        ("did-not-look", "security_scan: osv: no answer from the vulnerability data"),
        ("not-looked-at", "data/big.json: larger than 1 MB"),
        ("left-out", "test_coverage is left out: no Python changed"),
    ]
    assert invocation["exitCode"] == 1


def test_it_was_successful_only_where_every_required_step_looked(clean, verdict, shown):
    def successful(verdict):
        return run_of(verdict, shown)["invocations"][0]["executionSuccessful"]

    assert successful(clean)
    assert not successful(verdict), "a failed review whose security scan did not look"
    assert not successful(clean.model_copy(update={"answer": Answer.DID_NOT_LOOK}))
    without = {"reports": clean.reports[1:]}
    left = LeftOut(step="code_quality", why="--skip")
    by_force = left.model_copy(update={"by_choice": False})
    assert not successful(clean.model_copy(update=without))
    assert successful(clean.model_copy(update={**without, "left_out_steps": (left,)}))
    assert not successful(clean.model_copy(update={**without, "left_out_steps": (by_force,)}))


def test_each_review_has_an_id_of_its_own_in_one_category(clean, shown):
    other = clean.model_copy(update={"head": "", "base": ""})
    ids = [run_of(verdict, shown)["automationDetails"]["id"] for verdict in (clean, other)]
    assert ids == [
        f"prefect-review/{'4f0c1a9b' * 5}..{'9e107d9d' * 5}",
        "prefect-review/nothing..working-tree",
    ]


@pytest.mark.parametrize(
    ("version", "semantic"), [("", False), ("0.1.0", True), ("0.1.0.dev3+local", False)]
)
def test_only_a_semantic_version_is_called_one(version, semantic, clean, shown):
    driver = run_of(clean, dataclasses.replace(shown, version=version))["tool"]["driver"]
    assert ("semanticVersion" in driver) == semantic
    assert driver.get("version", "") == version


def test_what_a_run_cannot_hold_is_said(shown):
    many = (found(),) * (as_sarif.RESULTS + 2)
    run = as_sarif._run(one(*many), shown, many)  # not as text: that takes seconds
    assert len(run["results"]) == as_sarif.RESULTS
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert notes[-1]["message"]["text"] == "2 findings are left out: a run holds 25,000."


def test_what_was_dismissed_is_suppressed_and_then_the_others_say_that_they_are_not(shown):
    results = run_of(ODD["dismissed"], shown)["results"]
    assert [result["ruleId"] for result in results] == ["t/R", "t/S", "t/R"]
    assert [result["suppressions"] for result in results] == [
        [],
        [{"kind": "external", "status": "accepted", "justification": "somebody: no reason given"}],
        [{"kind": "external", "status": "accepted", "justification": "b, always: w"}],
    ]
    rules = run_of(ODD["dismissed"], shown)["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in results] == ["t/R", "t/S", "t/R"]


def test_the_dismissed_are_the_first_to_be_left_out(shown):
    many = (Report(step="a", findings=(found(),) * (as_sarif.RESULTS - 1)),)
    crowded = ODD["dismissed"].model_copy(update={"reports": many})
    run = json.loads(render(crowded, shown))["runs"][0]
    assert [len(result["suppressions"]) for result in run["results"][-2:]] == [0, 1]
    assert len(run["results"]) == as_sarif.RESULTS
    assert "1 findings are left out" in str(run["invocations"])
