"""``review pr OWNER/REPO#NUMBER``: review a pull request, and say it on GitHub if asked to."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.pr import operators_policy, told
from deployments.command.question import must_be_writable
from deployments.command.reports import check_reports
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tasks.core.verdict import Verdict

NAMED = re.compile(
    r"(?:(?P<web>https?://[^/\s]+)/)?(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]*)/(?P<name>[A-Za-z0-9._-]{1,100})"
    r"(?:#|/pull/)(?P<number>[1-9][0-9]{0,17})(?:/\S*)?"
)
"""How people name a pull request: ``owner/name#12``, or what stands in their browser."""

ONLY_HERE = {"repo": ".", "base": None, "head": "HEAD"}
"""What is said of a repository on this machine, with its defaults."""


def run(said: argparse.Namespace) -> int:
    """Review a pull request; return the exit code: 0 as well where there was nothing to review.

    Raises:
        CannotReview: it has no such name, what was asked does not go together, or somebody
            cancelled the run.
    """
    repository, number, web = named(said.pull)
    for option, default in ONLY_HERE.items():
        if getattr(said, option) != default:
            raise CannotReview(f"--{option} is about a repository here; a pull request has its own")
    check_reports(said.report)
    if said.output:
        must_be_writable(Path(said.output).absolute())
    if not said.quiet:
        sys.stderr.write(f"Reviewing {repository}#{number}\n")
        sys.stderr.flush()
    from deployments.command.here import run_here, verdict_of

    def prepare() -> Callable[[], Coroutine[object, object, Verdict | None]]:
        from tasks.core.policy import ReviewPolicy

        policy = operators_policy(said)
        told(said, policy or ReviewPolicy())

        from flows.endings import NOT_REVIEWED, SUPERSEDED
        from flows.pr_review import review_pull_request

        async def review() -> Verdict | None:
            if web:
                await asyncio.to_thread(_same_place, web, repository, said.using)
            state = await review_pull_request(
                repository,
                number,
                publish=said.publish,
                using=said.using,
                policy=policy,
                fail_on=said.fail_on or "",
                only=said.only,
                skip=said.skip,
                all_lines=said.all_lines,
                cache=not said.no_cache,
                again=said.again,
                return_state=True,
            )
            needless = state.name in {NOT_REVIEWED, SUPERSEDED}
            return None if needless else await verdict_of(state)

        return review

    verdict = run_here(said, prepare)
    return verdict.exit_code if verdict else 0


def _same_place(web: str, repository: str, using: str) -> None:
    """Refuse the address of another GitHub than the one we are connected to.

    Raises:
        CannotReview: it is one; the text says which we are connected to.
    """
    from tasks.forge.connection import TIMEOUT
    from tasks.forge.credentials import account_of

    ours = account_of(repository, using, timeout=TIMEOUT).address.web
    if web.lower().rstrip("/") != ours.lower():
        raise CannotReview(
            f"{web} is not where we are connected: that is {ours}; set GITHUB_API_URL, or name "
            "another connection with --using"
        )


def named(text: str) -> tuple[str, int, str]:
    """Return repository and number of a pull request as people write it, and of a URL its host.

    Raises:
        CannotReview: nothing is called that.
    """
    found = NAMED.fullmatch(text.strip())
    if found is None or found["name"] in {".", ".."}:
        raise CannotReview(
            f"{text[:100]!a} is no pull request; write OWNER/REPO#NUMBER, or its URL"
        )
    return f"{found['owner']}/{found['name']}", int(found["number"]), found["web"] or ""
