"""``review baseline``: take note of what a repository has, so that only what is new counts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.question import WORKTREE, Question, ask
from tasks.core.baseline import (
    BASELINE,
    BaselineError,
    Entry,
    difference,
    entries_of,
    read_baseline,
    write_baseline,
)
from tasks.errors import CannotReview
from tasks.git import EMPTY_TREE, Repository, open_repository

if TYPE_CHECKING:
    from tasks.core.verdict import Verdict

STEPS = ("code_quality", "security_scan", "config_validation")
"""The steps whose findings have a place in a file, whatever the change is."""

MOST = 20
"""So many of the things that nobody looked at are named."""


def run(said: argparse.Namespace) -> int:
    """Write the baseline as the command line says; return the exit code.

    Raises:
        CannotReview: the question is wrong, or the file cannot be written.
    """
    output = Path(said.output) if said.output else _usual_place(open_repository(said.repo))
    # all of it is new to an empty tree; what fails a review is no matter here
    whole = {"base": EMPTY_TREE, "output": str(output), "only": STEPS, "skip": (), "policy": None}
    told = {"fail_on": "never", "format": "text", "quiet": False, "publish": False, "report": ()}
    said = argparse.Namespace(**{**vars(said), **whole, **told})
    question = ask(said)
    sys.stderr.write(f"Reviewing every file of {question.name}\n")
    verdict = _reviewed(said, question)
    missed = list(_missed(verdict))
    for line in missed[:MOST]:
        sys.stderr.write(f"not looked at: {line}\n")
    if missed[MOST:]:
        sys.stderr.write(f"not looked at: {len(missed) - MOST:,} more\n")
    if verdict.exit_code and not said.partial:
        sys.stderr.write(
            f"{verdict.summary}; nothing was written, because what nobody looked at would count as "
            "new later; mend it, or take what there is with --partial\n"
        )
        return verdict.exit_code
    sys.stderr.write(f"{_outcome(verdict, output)}\n")
    return 0


def _usual_place(repository: Repository) -> Path:
    """Return where a repository has its baseline.

    Raises:
        CannotReview: it has no place for a file.
    """
    if repository.line("rev-parse", "--is-bare-repository") == "true":
        raise CannotReview("a bare repository has no place for a file; name one with --output")
    return Path(repository.folder, BASELINE)


def _reviewed(said: argparse.Namespace, question: Question) -> Verdict:
    """Return the verdict over every line of every file, by the policy that stands there."""
    from deployments.command.here import reviewing, run_here

    def prepare() -> Callable[[], Coroutine[object, object, Verdict]]:
        from deployments.command.pr import policy_of
        from deployments.command.terminal import Terminal
        from flows.audience import AUDIENCE

        class Follower(Terminal):
            """Shows how far the review is, and leaves out the report."""

            def decided(self, *_: object) -> None:
                self.close()

        revision = "HEAD" if question.head == WORKTREE else question.head
        head = question.repository.resolve(revision)
        policy = policy_of(said, replace(question, base=head))
        review = reviewing(question, policy, only=said.only, all_lines=True)

        async def start() -> Verdict:
            follower = Follower(said)
            AUDIENCE.set(follower)
            try:
                return await review()
            finally:
                follower.close()

        return start

    return run_here(said, prepare)


def _missed(verdict: Verdict) -> Iterator[str]:
    """Yield what nobody looked at, and why: one visible line each."""
    from tasks.core.render.escape import for_terminal, name

    for report in verdict.reports:
        for gap in report.gaps:
            where = f"{gap.path}, " if gap.path else ""
            yield f"{name(f'{where}{report.step}, {gap.who}')}: {for_terminal(gap.why)}"
    for file in verdict.truncated:
        yield f"{name(file.path)}: {for_terminal(file.why)}"


def _outcome(verdict: Verdict, output: Path) -> str:
    """Write the file; say how much is in it, and how that differs from what was there.

    Raises:
        CannotReview: it cannot be written.
    """
    before = _before(output)
    entries = entries_of(verdict.findings)
    try:
        _write(output, write_baseline(entries))
    except OSError as error:
        raise CannotReview(f"{output} cannot be written: {error.strerror}") from error
    count = f"{len(entries):,} finding{'s' * (len(entries) != 1)}"
    if before is None:
        return f"{count} in {output}; once that is in the base, they do not count any more"
    change = difference(verdict.findings, before)
    return f"{count} in {output}: {change.new:,} new, {change.gone:,} gone"


def _before(output: Path) -> Sequence[Entry] | None:
    """Return what is there already, or None where that is nothing, or cannot be read."""
    try:
        return read_baseline(output.read_text(encoding="utf-8"), str(output))
    except FileNotFoundError:
        return None
    except (BaselineError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"what was there could not be read, and is written anew: {error}\n")
        return None


def _write(output: Path, text: str) -> None:
    """Put a file in place of what is there, all of it or nothing; no link is followed."""
    part = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with part.open("x", encoding="ascii") as file:
            file.write(text)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
