"""``review pr``: review a branch where it is, and say the verdict."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.question import SHORT, Question, ask
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from tasks.core.policy import ReviewPolicy

POLICY = ".review.yaml"


def run(said: argparse.Namespace) -> int:
    """Review as the command line says; return the exit code.

    Raises:
        CannotReview: the question is wrong: no repository, no revision, a bad policy.
    """
    question = ask(said)
    if not said.quiet:
        sys.stderr.write(f"Reviewing {question.name} against {question.base[:SHORT]}\n")
        if question.base == question.head:
            sys.stderr.write(
                "It adds nothing to its base; --base HEAD~1 is the last commit alone\n"
            )
        sys.stderr.flush()

    from deployments.command import startup
    from deployments.server import Server

    server = Server.of_environment()
    server.claim()
    with ThreadPoolExecutor(max_workers=1) as pool:
        there = pool.submit(server.ensure)  # while this thread imports what a review needs
        with startup.importing():
            policy = policy_of(said, question)
            os.environ.update(startup.client_settings(server.given, server.folder))
            os.environ.update(server.client_settings())

            from deployments.command.terminal import Terminal
            from flows.audience import AUDIENCE
            from flows.pr_review import review_change

        there.result()
        terminal = Terminal(said)
        AUDIENCE.set(terminal)
        try:
            verdict = asyncio.run(
                review_change(
                    name=question.name,
                    repository=question.repository.folder,
                    base=question.base,
                    head=question.head,
                    policy=policy,
                    only=said.only,
                    skip=said.skip,
                    all_lines=said.all_lines,
                    cache=not said.no_cache,
                )
            )
        finally:
            terminal.close()
    startup.ending()
    return verdict.exit_code


def policy_of(said: argparse.Namespace, question: Question) -> ReviewPolicy:
    """Return the policy: the operator's file, else the base's own, else the default.

    Raises:
        CannotReview: it cannot be read, or says what cannot be meant.
    """
    from tasks.analysers import ANALYSERS
    from tasks.core.policy import PolicyError, ReviewPolicy, read_policy, trusted_part
    from tasks.core.template import PR_REVIEW, known_steps

    known = {"steps": PR_REVIEW.names, "analysers": tuple(ANALYSERS)}
    try:
        if said.policy:
            text = Path(said.policy).read_text(encoding="utf-8")
            policy = read_policy(text, said.policy, **known)
        else:
            theirs = question.repository.text(question.base, POLICY)
            where = f"{question.base[:SHORT]}:{POLICY}"
            policy = trusted_part(read_policy(theirs, where, **known)) if theirs else ReviewPolicy()
    except OSError as error:
        raise CannotReview(f"--policy {said.policy}: {error.strerror or error}") from error
    except (PolicyError, UnicodeDecodeError) as error:
        raise CannotReview(str(error)) from error
    try:
        known_steps((*said.only, *said.skip))
    except ValueError as error:
        raise CannotReview(str(error)) from error
    if said.fail_on:
        policy = ReviewPolicy.model_validate({**dict(policy), "fail_on": said.fail_on})
    return policy
