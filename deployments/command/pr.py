"""``review pr``: review a branch where it is, and say the verdict."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.errors import CannotReview
from tasks.git import Repository, open_repository

if TYPE_CHECKING:
    from tasks.core.policy import ReviewPolicy

WORKTREE = "WORKTREE"
POLICY = ".review.yaml"
SHORT = 7
USUAL_NAMES = ("origin/main", "origin/master", "main", "master", "trunk")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be reviewed: ids, and what the change is called."""

    repository: Repository
    base: str
    head: str
    name: str


def run(said: argparse.Namespace) -> int:
    """Review as the command line says; return the exit code.

    Raises:
        CannotReview: the question is wrong: no repository, no revision, a bad policy.
    """
    question = ask(said)
    if not said.quiet:
        sys.stderr.write(f"Reviewing {question.name} against {question.base[:SHORT]}\n")
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
    startup.ending()
    return verdict.exit_code


def ask(said: argparse.Namespace) -> Question:
    """Return what the command line asks to review.

    Raises:
        CannotReview: there is no such repository or revision, or no place for the report.
    """
    repository = open_repository(said.repo)
    uncommitted = said.head == WORKTREE
    head = repository.resolve("HEAD" if uncommitted else said.head)
    base = repository.resolve(said.base) if said.base else default_base(repository, head)
    if said.output and not Path(said.output).absolute().parent.is_dir():
        raise CannotReview(f"--output {said.output}: its folder does not exist; create it first")
    folder = Path(repository.folder).name
    return Question(
        repository,
        base=base,
        head=WORKTREE if uncommitted else head,
        name=f"{folder}@{WORKTREE if uncommitted else head[:SHORT]}",
    )


def default_base(repository: Repository, head: str) -> str:
    """Return where a branch left the default branch; for a first commit, the empty tree.

    Raises:
        CannotReview: there is no default branch, or the clone does not reach back to it.
    """
    named = repository.line("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    for branch in filter(None, (named, *USUAL_NAMES)):
        tip = repository.line("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}")
        if not tip:
            continue
        found = repository.merge_base(tip, head)
        if found and (found != head or repository.has_parent(head)):
            return found
        if found and not repository.is_shallow:
            return repository.empty_tree
        if repository.is_shallow:
            raise CannotReview(
                f"this clone is too shallow to show where the change left {branch}; "
                "`git fetch --unshallow`, or name a --base"
            )
        raise CannotReview(f"the change has no commit in common with {branch}; name a --base")
    raise CannotReview(
        f"no default branch found in {repository.folder} "
        f"({', '.join(USUAL_NAMES)}); name what to compare with: --base REV"
    )


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
