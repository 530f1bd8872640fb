"""``review pr``: review a branch where it is, or a pull request, and say the verdict."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.question import SHORT, Question, ask
from deployments.command.reports import check_reports
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tasks.core.policy import ReviewPolicy
    from tasks.core.verdict import Verdict


def run(said: argparse.Namespace) -> int:
    """Review as the command line says; return the exit code.

    Raises:
        CannotReview: the question is wrong: no repository, no revision, a bad policy.
    """
    if said.pull:
        from deployments.command import pull

        return pull.run(said)
    for option in ("publish", "again", "using"):
        if getattr(said, option):
            raise CannotReview(
                f"--{option} is about a pull request; name it: review pr OWNER/REPO#NUMBER"
            )
    from deployments.command.here import reviewing, run_here

    check_reports(said.report)
    question = ask(said)
    if not said.quiet:
        sys.stderr.write(f"Reviewing {question.name} against {question.base[:SHORT]}\n")
        if question.base == question.head:
            sys.stderr.write(
                "It adds nothing to its base; --base HEAD~1 is the last commit alone\n"
            )
        sys.stderr.flush()

    def prepare() -> Callable[[], Coroutine[object, object, Verdict]]:
        return reviewing(
            question,
            policy_of(said, question),
            only=said.only,
            skip=said.skip,
            all_lines=said.all_lines,
            cache=not said.no_cache,
        )

    return run_here(said, prepare).exit_code


def policy_of(said: argparse.Namespace, question: Question) -> ReviewPolicy:
    """Return the policy: the operator's file, else the base's own, else the default.

    Raises:
        CannotReview: it cannot be read, or says what cannot be meant.
    """
    from tasks.policy_file import POLICY, policy_in

    policy = operators_policy(said)
    if policy is None:
        theirs = question.repository.text(question.base, POLICY)
        policy = policy_in(theirs, f"{question.base[:SHORT]}:{POLICY}")
    return told(said, policy)


def operators_policy(said: argparse.Namespace) -> ReviewPolicy | None:
    """Return the policy of ``--policy``, or None.

    Raises:
        CannotReview: it cannot be read, or says what cannot be meant.
    """
    from tasks.policy_file import policy_in

    if not said.policy:
        return None
    try:
        text = Path(said.policy).read_text(encoding="utf-8")
    except OSError as error:
        raise CannotReview(f"--policy {said.policy}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CannotReview(str(error)) from error
    return policy_in(text, said.policy, trusted=True)


def told(said: argparse.Namespace, policy: ReviewPolicy) -> ReviewPolicy:
    """Return the policy as the command line has it.

    Raises:
        CannotReview: the command line names a step that there is not.
    """
    from tasks.core.template import known_steps

    try:
        known_steps((*said.only, *said.skip))
    except ValueError as error:
        raise CannotReview(str(error)) from error
    return policy.with_threshold(said.fail_on) if said.fail_on else policy
