"""Who follows a review on the command line: progress on standard error, the report on output."""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.job import Job, for_log
from deployments.command.reports import write_reports
from flows.audience import Audience
from tasks.core.change import ChangeSet
from tasks.core.plan import TaskDefinition
from tasks.core.render import FORMATS, Shown
from tasks.core.render.words import duration, outcome
from tasks.core.report import Report
from tasks.core.template import Plan
from tasks.core.verdict import Verdict
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


class Terminal(Audience):
    """Shows a review as it goes and, at its end, the report in the format asked for."""

    def __init__(self, said: argparse.Namespace) -> None:
        self.said = said
        self.running: dict[str, float] = {}
        self.done = 0
        self.total = 0
        self.job = Job(print_text, published=said.publish)
        self.live = None if said.quiet or not sys.stderr.isatty() else _live(self._status)

    def told(self, text: str) -> None:
        """Show a line."""
        self._line(text)

    def without_verdict(self, why: str) -> None:
        """Say it in the verdict's place: where text is asked for, on standard output."""
        self.close()
        self.job.without_verdict(why)
        if self.said.format == "text" and not self.said.output:
            print_text(for_log(f"{why}\n"))
        else:
            sys.stderr.write(f"{why}\n")

    def unsaid(self, verdict: Verdict, shown: Shown) -> bool:
        """Say it in the log and the summary of a GitHub Actions job, where we run in one."""
        return self.job.unsaid(verdict, shown)

    def prepared(self, change: ChangeSet, plan: Plan) -> None:
        """Say how much will be looked at."""
        self.total = len(plan.config.tasks)
        files = f"{len(change.files):,} file{'s' * (len(change.files) != 1)} changed"
        left_out = f", {len(change.left_out):,} not to be looked at" if change.left_out else ""
        self._line(f"{files}{left_out}")
        if self.live:
            self.live.start()

    def started(self, step: TaskDefinition) -> None:
        """Show that a step runs."""
        self.running[step.name] = time.monotonic()

    def finished(self, report: Report) -> None:
        """Show what a step said of the changed lines, and how long it took."""
        self.running.pop(report.step, None)
        self.done += 1
        took = "cached" if report.cached else duration(report.seconds)
        self._line(f"  {report.step:<19}{outcome(report)} ({took})")

    def decided(self, verdict: Verdict, shown: Shown) -> None:
        """Write the report to where it was asked for."""
        self.close()
        write_reports(self.said.report, verdict, shown)
        to_file = bool(self.said.output)
        if self.said.quiet and self.said.format == "text":
            text = f"{verdict.summary}\n"
        else:
            colour = not to_file and sys.stdout.isatty()
            text = FORMATS[self.said.format](verdict, replace(shown, colour=colour))
        if to_file:
            Path(self.said.output).write_text(text, encoding="utf-8")
            self._line(f"{verdict.summary}; the report is in {self.said.output}")
        else:
            print_text(for_log(text))
        self.job.decided(verdict, shown)

    def end(self) -> None:
        """Give the terminal back, and leave the job its summary."""
        self.close()
        self.job.end()

    def close(self) -> None:
        """Give the terminal back."""
        if self.live:
            self.live.stop()
            self.live = None

    def _line(self, text: str) -> None:
        if self.live and self.live.is_started:
            self.live.console.print(text, markup=False, highlight=False)
        elif not self.said.quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def _status(self) -> Text:
        """Return the line that is always last: what runs, and for how long."""
        from rich.text import Text

        now = time.monotonic()
        running = [f"{name} {now - since:.0f} s" for name, since in list(self.running.items())]
        return Text(f"  {self.done}/{self.total}  {'  '.join(running)}", style="dim")


def _live(status: Callable[[], Text]) -> Live:
    """Return a line on standard error that rich keeps up to date in a thread of its own."""
    from rich.console import Console
    from rich.live import Live

    return Live(
        console=Console(stderr=True),
        get_renderable=status,
        refresh_per_second=8,
        transient=True,
    )


def print_text(text: str) -> None:
    """Write to standard output, for as long as somebody reads there: ``review pr | head``."""
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows no é
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # else Python would try again at its end: https://docs.python.org/3/library/signal.html
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CannotReview(f"the report cannot be written: {error.strerror}") from error
