"""What a review decides: rejecting is right whatever the rest says, passing is not."""

from __future__ import annotations

import pytest

from tasks.core.baseline import BASELINE
from tasks.core.dismissal import Dismissal, Scope
from tasks.core.finding import Finding, Severity
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Gap, Report, did_not_look
from tasks.core.verdict import Answer, LeftOut, Truncated, Verdict, decide

INFO, WARNING, ERROR, CRITICAL = Severity
REQUIRED = ("code_quality", "security_scan")
BOTH = " and ".join(REQUIRED)


def found(*severities: Severity, step: str = "code_quality", changed: bool = True) -> Report:
    return Report(
        step=step,
        findings=tuple(
            Finding(
                path="a.py",
                line=number,
                rule="t/X",
                severity=severity,
                message="x",
                on_changed_line=changed,
            )
            for number, severity in enumerate(severities, 1)
        ),
    )


CLEAN = Report(step="code_quality")
SAFE = Report(step="security_scan")
BLIND = did_not_look("security_scan", "it crashed")
PARTLY = Report(step="security_scan", gaps=(Gap(who="ruff", why="crashed", path="b.py"),))
CHOSEN = tuple(LeftOut(step=step, why="skipped, as asked") for step in REQUIRED)


@pytest.mark.parametrize(
    ("reports", "options", "answer", "summary"),
    [
        # nothing to look at
        ((), {"left_out": CHOSEN}, "passed", "passed: nothing to look at"),
        ((Report(step="final_review"),), {"left_out": CHOSEN}, "passed",
         "passed: nothing to look at"),
        ((), {}, "did_not_look",
         f"did not look: nothing to look at; {BOTH} did not look and are required"),
        # clean
        ((CLEAN, SAFE), {}, "passed", "passed: no findings"),
        # below, at and above the threshold
        ((found(INFO, WARNING, INFO), SAFE), {}, "passed", "passed: 1 warning, 2 remarks"),
        ((found(ERROR), SAFE), {}, "failed", "failed: 1 error"),
        ((found(CRITICAL, ERROR, ERROR, INFO), SAFE), {}, "failed",
         "failed: 1 critical, 2 errors and 1 below error"),
        ((found(INFO), SAFE), {"fail_on": "info"}, "failed", "failed: 1 remark"),
        ((found(ERROR), SAFE), {"fail_on": "critical"}, "passed", "passed: 1 error"),
        ((found(CRITICAL), SAFE), {"fail_on": "never"}, "passed", "passed: 1 critical"),
        # lines that the change does not touch
        ((found(ERROR, changed=False), SAFE), {}, "passed",
         "passed: no findings; 1 more finding on lines it does not touch"),
        ((found(ERROR, changed=False), SAFE), {"all_lines": True}, "failed", "failed: 1 error"),
        # a required step that did not look
        ((CLEAN, BLIND), {}, "did_not_look",
         "did not look: no findings; security_scan did not look and is required"),
        ((CLEAN, PARTLY), {}, "did_not_look",
         "did not look: no findings; security_scan did not look and is required"),
        ((CLEAN,), {}, "did_not_look",
         "did not look: no findings; security_scan did not look and is required"),
        ((CLEAN, BLIND), {"fail_on": "never"}, "did_not_look",
         "did not look: no findings; security_scan did not look and is required"),
        ((found(ERROR), BLIND), {}, "failed",
         "failed: 1 error; security_scan did not look and is required"),
        # a step that nobody requires
        ((CLEAN, SAFE, did_not_look("test_coverage", "no sandbox")), {}, "passed",
         "passed: no findings; test_coverage did not look"),
        ((CLEAN, BLIND), {"required": ["code_quality"]}, "passed",
         "passed: no findings; security_scan did not look"),
        # a required step that is left out
        ((CLEAN,), {"left_out": CHOSEN[1:]}, "passed", "passed: no findings"),
        ((CLEAN,), {"left_out": (LeftOut(step="security_scan", why="not installed",
                                         by_choice=False),)}, "did_not_look",
         "did not look: no findings; security_scan did not look and is required"),
        # files that nobody looked at
        ((CLEAN, SAFE), {"truncated": (Truncated(path="big.py", why="too large"),)}, "passed",
         "passed: no findings; 1 changed file not looked at"),
        ((CLEAN, SAFE), {"truncated": (Truncated(path="a", why="a link"),) * 2}, "passed",
         "passed: no findings; 2 changed files not looked at"),
    ],
)  # fmt: skip
def test_every_case_has_its_answer(reports, options, answer, summary):
    asked = dict(options)
    policy = ReviewPolicy(**{k: asked.pop(k) for k in ("fail_on", "required") if k in asked})
    verdict = decide(reports, policy, **asked)
    assert verdict.answer == answer
    assert verdict.summary == summary


@pytest.mark.parametrize("step", REQUIRED)
@pytest.mark.parametrize("level", [*Severity, "never"])
def test_a_required_step_that_could_not_look_never_passes(step, level):
    reports = [r.but(step=r.step) for r in (CLEAN, SAFE) if r.step != step]
    policy = ReviewPolicy(fail_on=level)
    for silent in ([], [did_not_look(step, "why")]):
        assert decide([*reports, *silent], policy).answer is Answer.DID_NOT_LOOK


@pytest.mark.parametrize(
    ("answer", "code"), [(Answer.PASSED, 0), (Answer.FAILED, 1), (Answer.DID_NOT_LOOK, 3)]
)
def test_every_answer_has_its_exit_code(answer, code):
    assert Verdict(answer=answer).exit_code == code


def test_a_verdict_holds_everything_that_was_said():
    reports = (found(WARNING), found(ERROR, step="security_scan", changed=False))
    truncated = (Truncated(path="big.bin", why="too large"),)
    left_out = (LeftOut(step="test_coverage", why="no Python changed"),)
    verdict = decide(
        reports,
        ReviewPolicy(),
        name="folder",
        base="b",
        head="h",
        left_out=left_out,
        truncated=truncated,
    )
    assert (verdict.name, verdict.base, verdict.head) == ("folder", "b", "h")
    assert verdict.reports == reports
    assert verdict.left_out_steps == left_out
    assert verdict.truncated == truncated
    assert verdict.findings == reports[0].findings + reports[1].findings
    assert verdict.counted == reports[0].findings
    assert verdict.elsewhere == 1
    assert verdict.recommendations == ("Mend t/X at a.py:1: x",)


def test_with_all_lines_every_finding_counts():
    reports = (found(WARNING), found(INFO, step="security_scan", changed=False))
    verdict = decide(reports, ReviewPolicy(), all_lines=True)
    assert verdict.counted == verdict.findings
    assert verdict.elsewhere == 0


def test_a_verdict_survives_its_way_through_json():
    verdict = decide((found(ERROR), PARTLY), ReviewPolicy(), name="n")
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


def test_a_summary_names_three_steps_as_people_do():
    reports = [did_not_look(step, "why") for step in ("a", "b", "c")]
    policy = ReviewPolicy(required=())
    assert decide(reports, policy).summary == "passed: no findings; a, b and c did not look"


def known(rule, mark, *, step="code_quality", suggestion=None, changed=True):
    finding = Finding(
        path="a.py",
        line=1,
        rule=rule,
        severity="error",
        message="m",
        suggestion=suggestion,
        fingerprint=mark * 16,
        on_changed_line=changed,
    )
    return Report(step=step, findings=(finding,))


def word(mark, scope=Scope.PULL_REQUEST):
    return Dismissal(fingerprint=mark * 16, by="mona", why="w", scope=scope)


OLD = Scope.BASELINE


@pytest.mark.parametrize(
    ("reports", "words", "answer", "summary"),
    [
        ((CLEAN, SAFE), [word("a")], "passed", "passed: no findings"),
        ((known("t/X", "a"), SAFE), [word("b")], "failed", "failed: 1 error"),
        ((known("t/X", "a"), SAFE), [word("a")], "passed", "passed: no findings; 1 dismissed"),
        ((known("t/X", "a"), SAFE), [word("a", OLD)], "passed",
         "passed: no findings; 1 known before"),
        ((known("t/X", "a"), known("t/Y", "b"), known("t/Z", "c", step="security_scan")),
         [word("a"), word("b", OLD), word("c", Scope.REPOSITORY)], "passed",
         "passed: no findings; 2 dismissed; 1 known before"),
        ((known("t/X", "a"), known("t/Y", "b", step="security_scan")), [word("a")], "failed",
         "failed: 1 error; 1 dismissed"),
        # nobody dismisses a gap
        ((known("t/X", "a"), BLIND), [word("a")], "did_not_look",
         "did not look: no findings; security_scan did not look and is required; 1 dismissed"),
        # what does not count is nobody's to dismiss
        ((known("t/X", "a", changed=False), SAFE), [word("a")], "passed",
         "passed: no findings; 1 more finding on lines it does not touch"),
    ],
)  # fmt: skip
def test_what_was_dismissed_does_not_count_and_is_said(reports, words, answer, summary):
    verdict = decide(reports, ReviewPolicy(), dismissals=words)
    assert (verdict.answer, verdict.summary) == (answer, summary)


def test_a_dismissed_finding_is_nowhere_but_among_the_dismissed():
    reports = (known("t/X", "a", suggestion="x"), SAFE)
    verdict = decide(reports, ReviewPolicy(), dismissals=[word("a")])
    assert verdict.findings == verdict.counted == ()
    assert verdict.recommendations == ()
    assert [said.finding for said in verdict.dismissed] == list(reports[0].findings)
    assert verdict.dismissed[0].dismissal.rule == "t/X"
    assert decide(reports, ReviewPolicy(), dismissals=[word("a", OLD)]).dismissed == ()


@pytest.mark.parametrize("scope", Scope)
def test_a_secret_stays_hidden_when_it_is_dismissed(scope):
    reports = (known("gitleaks/token", "a"), known("t/X", "b", suggestion="token = 1"))
    verdict = decide(reports, ReviewPolicy(), dismissals=[word("a", scope)])
    assert [finding.rule for finding in verdict.findings] == ["t/X"]
    assert verdict.findings[0].suggestion is None
    assert "gitleaks/token" in {finding.rule for finding in verdict.seen}


def test_a_baseline_that_could_not_be_read_is_said():
    why = LeftOut(step=BASELINE, why="it could not be read", by_choice=False)
    verdict = decide((CLEAN, SAFE), ReviewPolicy(), left_out=(why,))
    assert verdict.summary == f"passed: no findings; {BASELINE} could not be read"
