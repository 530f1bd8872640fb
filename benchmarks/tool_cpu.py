"""Read from the reports of three reviews how long the tools computed: first, pushed, unchanged."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from benchmarks.change import Change
from deployments.server import Server


def tool_cpu(change: Change, policy: Path) -> dict[str, tuple[float, int]]:
    """Return the CPU seconds of all tools, and how often one was called, by review.

    The first is one without the cache. Another, not counted, fills it before the push.
    """
    os.environ.update(Server.of_environment().client_settings())  # before Prefect is imported

    copy = Change(change.folder.with_name("copy"))
    change.git("clone", "--quiet", str(change.folder), str(copy.folder))
    copy.git("branch", "--quiet", "main", "origin/main")
    costs = {"the first": _reviewed(copy, policy, cache=False)}
    _reviewed(copy, policy)
    copy.push(1_000_000)
    costs["after a one-file push"] = _reviewed(copy, policy)
    costs["unchanged"] = _reviewed(copy, policy)
    return costs


def _reviewed(change: Change, policy: Path, *, cache: bool = True) -> tuple[float, int]:
    """Review a change in this process; return what its tools cost."""
    from flows.audience import AUDIENCE, Audience
    from flows.change_review import review_change
    from tasks.core.policy import read_policy
    from tasks.core.report import Report

    class Listener(Audience):
        def __init__(self) -> None:
            self.fresh: list[Report] = []

        def finished(self, report: Report) -> None:
            if not report.cached:
                self.fresh.append(report)

    listener = Listener()
    token = AUDIENCE.set(listener)
    asyncio.run(
        review_change(
            name="speed@tool-cpu",
            repository=str(change.folder),
            base="main",
            head="HEAD",
            policy=read_policy(policy.read_text(encoding="utf-8"), policy.name),
            cache=cache,
        )
    )
    AUDIENCE.reset(token)
    used = [use for report in listener.fresh for use in report.used]
    return sum(use.cpu_seconds for use in used), sum(use.calls for use in used)
