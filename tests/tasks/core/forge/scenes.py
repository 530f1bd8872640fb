"""Changes, findings and verdicts for the decisions about GitHub."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.dismissal import Dismissal
from tasks.core.finding import Finding
from tasks.core.forge.about import About
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.policy import ReviewPolicy
from tasks.core.render import About as Tool
from tasks.core.render import Shown
from tasks.core.report import Gap, Report
from tasks.core.verdict import Verdict, decide
from tests.tasks.core.forge.simulated import head

STEP = "code_quality"
PATH = "src/shop.py"
LINES = 60
TEXT = "".join(f"line {number}\n" for number in range(1, LINES + 1))
PLAN = WorkflowConfig(
    name="pr_review",
    tasks=(
        TaskDefinition(name=STEP),
        TaskDefinition(name="security_scan"),
        TaskDefinition(name="final_review", dependencies=(STEP, "security_scan"), always=True),
    ),
)


def changed(path: str = PATH, *lines: range, **values: object) -> ChangedFile:
    about = {"kind": Kind.MODIFIED, "head": "/copy", "lines": lines or (range(1, LINES + 1),)}
    return ChangedFile(path=path, **(about | values))


def finding(number: int = 1, **values: object) -> Finding:
    """Return a finding that is known by its number, on the line of that number."""
    about = {
        "path": PATH,
        "line": number,
        "rule": "ruff/F401",
        "severity": "warning",
        "message": f"number {number}",
        "fingerprint": f"{number:08x}" * 2,
        "line_fingerprint": f"{number:08x}" + "f" * 8,
        "step": STEP,
    }
    return Finding.model_validate(about | values)


def about(*files: ChangedFile, run: str = "run-1", **values: object) -> About:
    say = {key: values.pop(key) for key in tuple(values) if key != "seconds"}
    change = ChangeSet("acme/shop@head", head(0), head(1), files or (changed(),))
    shown = Shown(
        plan=PLAN,
        text_of=lambda path: TEXT if path in {file.path for file in change.files} else "",
        tools={"ruff": Tool("style", "https://docs.astral.sh/ruff/rules/")},
        required=(STEP,),
    )
    policy = ReviewPolicy.model_validate({"required": (STEP,), "say": say})
    return About(run=run, policy=policy, shown=shown, change=change, **values)


def verdict(
    *findings: Finding,
    number: int = 1,
    gaps: Sequence[Gap] = (),
    dismissals: Sequence[Dismissal] = (),
    seconds: float = 1.5,
) -> Verdict:
    reports = (
        Report(step=STEP, findings=findings, gaps=tuple(gaps), seconds=seconds),
        Report(step="security_scan", seconds=seconds / 2, started=0.1),
    )
    return decide(
        reports,
        ReviewPolicy(required=(STEP,)),
        name="acme/shop",
        base=head(0),
        head=head(number),
        dismissals=dismissals,
    )
