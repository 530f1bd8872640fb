"""What a review decides: passed, failed, or did not look."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from tasks.core.baseline import BASELINE
from tasks.core.dismissal import Dismissal, Dismissed, Scope, set_aside
from tasks.core.finding import Finding, Severity
from tasks.core.policy import ReviewPolicy
from tasks.core.recommend import recommend
from tasks.core.redaction import SECRET, redacted
from tasks.core.report import Report, Status, findings_of


class Answer(enum.StrEnum):
    """The three answers of a review."""

    PASSED = "passed"
    FAILED = "failed"
    DID_NOT_LOOK = "did_not_look"


EXIT_CODES = {Answer.PASSED: 0, Answer.FAILED: 1, Answer.DID_NOT_LOOK: 3}
"""What the command ends with; 2 is for a review that could not be made at all."""


FINAL = "final_review"
"""The step that says the verdict: it looks at what the others said, and at nothing else."""


class LeftOut(BaseModel):
    """A step that is not in the plan, or a baseline that is not followed, and why.

    ``by_choice`` says that somebody wanted it so, or that nothing changed which it looks at;
    a required step that is left out for another reason never passes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    why: str
    by_choice: bool = True


class Truncated(BaseModel):
    """A changed file that nobody looked at, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    why: str


class Verdict(BaseModel):
    """One answer over everything the steps said about one head.

    ``reports`` are in the order of the plan. ``elsewhere`` counts the findings that do not
    count, because the change did not touch their lines; ``dismissed`` has those that would, were
    it not for somebody's word, and ``baselined`` counts those the repository had before.
    ``known_secrets`` are such of them as are secrets: their lines are not shown for all that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Answer
    name: str = ""
    base: str = ""
    head: str = ""
    reports: tuple[Report, ...] = ()
    left_out_steps: tuple[LeftOut, ...] = ()
    truncated: tuple[Truncated, ...] = ()
    summary: str = ""
    recommendations: tuple[str, ...] = ()
    elsewhere: int = 0
    dismissed: tuple[Dismissed, ...] = ()
    baselined: int = 0
    known_secrets: tuple[Finding, ...] = ()
    all_lines: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return everything that was found, wherever it is."""
        return findings_of(self.reports)

    @property
    def counted(self) -> tuple[Finding, ...]:
        """Return the findings that the answer is about."""
        return counted(self.reports, all_lines=self.all_lines)

    @property
    def seen(self) -> tuple[Finding, ...]:
        """Return everything that says where a secret is, whether it counts or not."""
        return (*self.findings, *(d.finding for d in self.dismissed), *self.known_secrets)

    @property
    def exit_code(self) -> int:
        """Return what the command ends with."""
        return EXIT_CODES[self.answer]


def counted(reports: Sequence[Report], *, all_lines: bool = False) -> tuple[Finding, ...]:
    """Return the findings on changed lines, or all of them."""
    return tuple(f for f in findings_of(reports) if all_lines or f.on_changed_line)


def decide(
    reports: Sequence[Report],
    policy: ReviewPolicy,
    *,
    name: str = "",
    base: str = "",
    head: str = "",
    left_out: Sequence[LeftOut] = (),
    truncated: Sequence[Truncated] = (),
    dismissals: Sequence[Dismissal] = (),
    all_lines: bool = False,
) -> Verdict:
    """Return the verdict over what the steps said.

    A finding at or above the threshold fails, whatever the others would have said. Else
    a required step that did not look is the answer. Else it passed. A finding that would count
    and was dismissed leaves its report, and nothing else does: a gap stays a gap.
    """
    reports, aside = set_aside(redacted(reports), dismissals, all_lines=all_lines)
    known = [d.finding for d in aside if d.dismissal.scope is Scope.BASELINE]
    found = counted(reports, all_lines=all_lines)
    blocking = [f for f in found if policy.fail_on is not None and f.severity >= policy.fail_on]
    silent = _silent(reports, policy.required, left_out)
    if blocking:
        answer = Answer.FAILED
    elif silent:
        answer = Answer.DID_NOT_LOOK
    else:
        answer = Answer.PASSED
    verdict = Verdict(
        answer=answer,
        name=name,
        base=base,
        head=head,
        reports=reports,
        left_out_steps=tuple(left_out),
        truncated=tuple(truncated),
        recommendations=recommend(reports, all_lines=all_lines),
        elsewhere=len(findings_of(reports)) - len(found),
        dismissed=tuple(d for d in aside if d.dismissal.scope is not Scope.BASELINE),
        baselined=len(known),
        known_secrets=tuple(finding for finding in known if SECRET.match(finding.rule)),
        all_lines=all_lines,
    )
    return verdict.model_copy(update={"summary": _summary(verdict, blocking, silent)})


def _silent(
    reports: Sequence[Report], required: Sequence[str], left_out: Sequence[LeftOut]
) -> tuple[str, ...]:
    """Return the required steps that gave no full answer, though nobody left them out."""
    answered = {report.step for report in reports if report.status is not Status.DID_NOT_LOOK}
    chosen = {step.step for step in left_out if step.by_choice}
    return tuple(step for step in dict.fromkeys(required) if step not in answered | chosen)


def _summary(verdict: Verdict, blocking: Sequence[Finding], silent: Sequence[str]) -> str:
    """Say the verdict in one line."""
    parts = [_first_words(verdict, blocking)]
    if silent:
        parts.append(f"{_listed(silent)} did not look and {_is(silent)} required")
    others = [
        report.step
        for report in verdict.reports
        if report.status is Status.DID_NOT_LOOK and report.step not in silent
    ]
    if others:
        parts.append(f"{_listed(others)} did not look")
    if verdict.truncated:
        parts.append(f"{_count(len(verdict.truncated), 'changed file')} not looked at")
    if any(left.step == BASELINE for left in verdict.left_out_steps):
        parts.append(f"{BASELINE} could not be read")
    if verdict.dismissed:
        parts.append(f"{len(verdict.dismissed)} dismissed")
    if verdict.baselined:
        parts.append(f"{verdict.baselined} known before")
    if verdict.elsewhere:
        parts.append(f"{_count(verdict.elsewhere, 'more finding')} on lines it does not touch")
    return "; ".join(parts)


def _first_words(verdict: Verdict, blocking: Sequence[Finding]) -> str:
    """Return the answer and the findings it is about."""
    found = verdict.counted
    word = verdict.answer.replace("_", " ")
    if blocking:
        level = min(f.severity for f in blocking)
        rest = len(found) - len(blocking)
        return f"{word}: {_by_severity(blocking)}" + (
            f" and {rest} below {level.label}" * bool(rest)
        )
    if found:
        return f"{word}: {_by_severity(found)}"
    looked = any(report.step != FINAL for report in verdict.reports)
    return f"{word}: {'no findings' if looked else 'nothing to look at'}"


def _by_severity(findings: Sequence[Finding]) -> str:
    """Return how many there are of each severity, worst first."""
    counts = {level: sum(f.severity is level for f in findings) for level in reversed(Severity)}
    words = {Severity.INFO: "remark"}
    return ", ".join(
        f"{count} critical"
        if level is Severity.CRITICAL
        else _count(count, words.get(level, level.label))
        for level, count in counts.items()
        if count
    )


def _count(number: int, noun: str) -> str:
    """Return ``1 error``, ``2 errors``."""
    return f"{number} {noun}{'s' * (number != 1)}"


def _listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
