from __future__ import annotations

from tasks.analysers import ANALYSERS
from tasks.conclusion import shown_with, verdict_on
from tasks.core.dismissal import Dismissal
from tasks.core.finding import Finding
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Report
from tasks.core.template import plan_review
from tasks.core.verdict import Answer, LeftOut


def said(**more):
    finding = Finding(path="a.py", line=1, rule="t/X", severity="error", message="m", **more)
    return [Report(step="code_quality", findings=(finding,)), Report(step="security_scan")]


def concluded(repo, reports, *, all_lines=False, **more):
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "x = 2\n", "b.bin": b"\0"})
    change, policy = repo.change(), ReviewPolicy()
    plan = plan_review(change, policy, {}, skip=("config_validation",))
    verdict = verdict_on(
        reports, change=change, plan=plan, policy=policy, all_lines=all_lines, **more
    )
    return verdict, shown_with(change, plan, policy, all_lines=all_lines)


def test_nothing_said_of_required_steps_does_not_pass(repo):
    verdict, _ = concluded(repo, [])
    assert verdict.answer is Answer.DID_NOT_LOOK


def test_a_verdict_names_what_was_left_out(repo):
    verdict, _ = concluded(repo, said())
    assert verdict.answer is Answer.FAILED
    assert [(left.path, left.why) for left in verdict.truncated] == [("b.bin", "binary")]
    assert "config_validation" in {step.step for step in verdict.left_out_steps}
    assert verdict.name == "t@head"


def test_findings_elsewhere_count_only_when_all_lines_do(repo):
    assert concluded(repo, said(on_changed_line=False))[0].answer is Answer.PASSED
    verdict, shown = concluded(repo, said(on_changed_line=False), all_lines=True)
    assert (verdict.answer, shown.all_lines) == (Answer.FAILED, True)


def test_what_was_dismissed_does_not_count_and_what_else_is_left_out_is_named(repo):
    known = [Dismissal(fingerprint="a" * 16, by="mona")]
    left_out = [LeftOut(step="baseline", why="why")]
    verdict, _ = concluded(repo, said(fingerprint="a" * 16), dismissals=known, left_out=left_out)
    assert verdict.answer is Answer.PASSED
    assert [d.dismissal.by for d in verdict.dismissed] == ["mona"]
    assert {"baseline", "config_validation"} <= {step.step for step in verdict.left_out_steps}


def test_it_is_shown_with_the_sources_and_every_tool(repo):
    _, shown = concluded(repo, said())
    assert shown.text_of("a.py") == "x = 2\n"
    assert set(shown.tools) == set(ANALYSERS)
    assert shown.required == ReviewPolicy().required
    assert shown.version
