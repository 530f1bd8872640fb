"""Dismissals for a whole repository: asked for in a pull request, kept if the person may write."""

from __future__ import annotations

from prefect.logging import get_run_logger

from flows.talk import Talk
from tasks.core.dismissal import learned
from tasks.core.forge.dismissals import always_asked
from tasks.core.verdict import Verdict
from tasks.dismissals import known, remember


async def learn_always(talk: Talk, verdict: Verdict) -> None:
    """Keep what ``/review dismiss --always`` asked for, of the findings of this review.

    Who asked is somebody who may write to the repository: others are not heard.
    """
    repository = talk.known.context.repository
    asked = always_asked(talk.known)
    findings = [*verdict.findings, *(dismissed.finding for dismissed in verdict.dismissed)]
    there = {said.fingerprint for said in await known(repository)} if asked else set()
    new = [said for said in learned(asked, findings) if said.fingerprint not in there]
    for said in await remember(repository, new):
        get_run_logger().info("%s dismissed %s for %s", said.by, said.fingerprint, repository)
