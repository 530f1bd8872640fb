"""One verdict with something of everything, and what it is shown with."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render import About, Shown
from tasks.core.report import Gap, Report
from tasks.core.verdict import Answer, LeftOut, Truncated, Verdict

PATH = "src/shop/payments.py"

SOURCE = "import os\nimport sqlite3\n\n\ndef total(cents):\n\tif cents == None:\n\t\treturn 0\n"

QUALITY = (
    Finding(
        path=PATH,
        line=1,
        column=8,
        rule="ruff/F401",
        severity="warning",
        message="`os` imported but unused",
        suggestion="",
        fingerprint="a1" * 8,
        step="code_quality",
    ),
    Finding(
        path=PATH,
        line=6,
        column=14,
        rule="ruff/E711",
        severity="error",
        message="Comparison to `None` should be `cond is None`",
        suggestion="\tif cents is None:",
        fingerprint="b2" * 8,
        step="code_quality",
    ),
    Finding(
        path="docs/guide.md",
        line=0,
        rule="rumdl/MD001",
        severity="info",
        message="Headings skip a level",
        step="code_quality",
        on_changed_line=False,
    ),
)


@pytest.fixture
def plan() -> WorkflowConfig:
    first = ("code_quality", "security_scan", "config_validation")
    return WorkflowConfig(
        name="pr_review",
        tasks=(
            *(TaskDefinition(name=name) for name in first),
            TaskDefinition(name="test_coverage", dependencies=("code_quality",)),
            TaskDefinition(
                name="final_review", dependencies=(*first, "test_coverage"), always=True
            ),
        ),
    )


@pytest.fixture
def shown(plan: WorkflowConfig) -> Shown:
    return Shown(
        plan=plan,
        text_of=lambda path: SOURCE if path == PATH else "",
        version="0.1.0",
        tools={"ruff": About("style and common bugs", "https://docs.astral.sh/ruff/rules/")},
        required=("code_quality", "security_scan"),
    )


@pytest.fixture
def clean() -> Verdict:
    names = ("code_quality", "security_scan", "config_validation", "test_coverage")
    return Verdict(
        answer=Answer.PASSED,
        name="acme/shop",
        base="4f0c1a9b" * 5,
        head="9e107d9d" * 5,
        reports=tuple(Report(step=name) for name in names),
        summary="passed: no findings",
    )


@pytest.fixture
def verdict(clean: Verdict) -> Verdict:
    gone = Gap(who="osv", why="no answer from the vulnerability data")
    return clean.model_copy(
        update={
            "answer": Answer.FAILED,
            "summary": "failed: 1 error and 1 below error; security_scan did not look",
            "reports": (
                Report(
                    step="code_quality",
                    findings=QUALITY,
                    facts=("3 files",),
                    started=0.1,
                    seconds=1.5,
                ),
                Report(step="security_scan", gaps=(gone,), seconds=75.0, attempts=3),
                Report(step="config_validation", cached=True, seconds=0.25),
            ),
            "left_out_steps": (LeftOut(step="test_coverage", why="no Python changed"),),
            "truncated": (Truncated(path="data/big.json", why="larger than 1 MB"),),
            "recommendations": ("Apply the 2 fixes that ruff offers",),
            "elsewhere": 1,
        }
    )
