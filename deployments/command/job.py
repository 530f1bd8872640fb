"""Say a review in the GitHub Actions job it runs in: summary, outputs, and where needed all of it.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.core.forge.job_outputs import NOT_REVIEWED, outputs_of
from tasks.core.forge.workflow_log import commands, error, job_summary, notice
from tasks.core.render import Shown, markdown
from tasks.core.render.escape import for_markdown
from tasks.core.verdict import Verdict

WHY = (
    "The token of this job may not write to the pull request, as that of a fork's may not: "
    "the review is here instead."
)


def in_job() -> bool:
    """Return whether we run in a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def for_log(text: str) -> str:
    """Return a text as a job's log takes it: no line of it is a command to the runner."""
    if not in_job():
        return text
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}\n::{token}::\n"


def hand_on(outputs: Mapping[str, str]) -> None:
    """Give the steps after this one of the job some values, where we run in one."""
    file = os.environ.get("GITHUB_OUTPUT")
    if not (in_job() and file):
        return
    end = secrets.token_hex(16)  # no value can hold it, and so begin a value of its own
    lines = (f"{name}<<{end}\n{value}\n{end}\n" for name, value in outputs.items())
    with Path(file).open("a", encoding="utf-8") as opened:
        opened.write("".join(lines))


def could_not(why: str, write: Callable[[str], object]) -> None:
    """Show why there is no review, where we run in a job; ``write`` writes to its log."""
    if not in_job():
        return
    write(f"{error(why)}\n")
    _summarise(f"**Not reviewed:** {for_markdown(why)}\n")


@dataclass(slots=True)
class Job:
    """What one review leaves in the job it runs in; nothing where it runs in none.

    The summary is written at the end: only then it is known whether it stands there alone.
    ``write`` writes to the job's log.
    """

    write: Callable[[str], None]
    published: bool
    text: str = ""
    why: str = ""

    def decided(self, verdict: Verdict, shown: Shown) -> None:
        """Take note of a verdict, and hand it on; say all of it where nobody else does."""
        if not in_job():
            return
        hand_on(outputs_of(verdict))
        self.text = markdown(verdict, shown)
        if not self.published:
            self._annotate(verdict, shown)

    def unsaid(self, verdict: Verdict, shown: Shown) -> bool:
        """Leave annotations in the log, for there are none elsewhere; return whether we could."""
        if not in_job():
            return False
        self.why = WHY
        self.write(f"{notice(WHY)}\n")
        self._annotate(verdict, shown)
        return True

    def without_verdict(self, why: str) -> None:
        """Take note that there is no verdict, and needs to be none."""
        if in_job():
            hand_on({"verdict": NOT_REVIEWED, "summary": why})
            self.text = f"{for_markdown(why)}\n"

    def end(self) -> None:
        """Write the summary."""
        if self.text:
            _summarise(job_summary(self.text, self.why))
        self.text = ""

    def _annotate(self, verdict: Verdict, shown: Shown) -> None:
        self.write("".join(f"{line}\n" for line in commands(shown.findings_of(verdict))))


def _summarise(text: str) -> None:
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as opened:
            opened.write(text)
