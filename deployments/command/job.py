"""Say a review in the GitHub Actions job it runs in: where a fork's token may write nothing else.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from tasks.core.forge.workflow_log import commands, job_summary
from tasks.core.render import Shown, markdown
from tasks.core.verdict import Verdict

WHY = (
    "The token of this job may not write to the pull request, as that of a fork's may not: "
    "the review is here instead."
)


def for_log(text: str) -> str:
    """Return a text as a job's log takes it: no line of it is a command to the runner."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return text
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"


def say_in_job(verdict: Verdict, shown: Shown, write: Callable[[str], None]) -> bool:
    """Leave annotations in the log and the verdict in the summary; return whether there is a job.

    ``write`` writes to the job's log.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return False
    lines = (f"::notice title=review::{WHY}", *commands(shown.findings_of(verdict)))
    write("".join(f"{line}\n" for line in lines))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(job_summary(markdown(verdict, shown), WHY))
    return True
