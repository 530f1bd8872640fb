"""What people see of a review in the Prefect UI: progress, a table, the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from prefect.artifacts import (
    acreate_progress_artifact,
    aupdate_progress_artifact,
    create_markdown_artifact,
    create_table_artifact,
)

from tasks.core.finding import Finding
from tasks.core.render import Shown, markdown
from tasks.core.render.escape import for_markdown
from tasks.core.verdict import Verdict

MOST_ROWS = 200
"""Artifacts live in the server's database: the table has the worst, the report has all."""


@contextlib.asynccontextmanager
async def progress_of(name: str, total: int) -> AsyncIterator[Callable[[str], None]]:
    """Keep an artifact of how many steps have ended; yields what to call with each.

    The server is told in the background, the latest count only: a review does not wait for it.
    """
    artifact = await acreate_progress_artifact(
        progress=0.0, key=_key("progress", name), description=f"{name}: 0 of {total} steps"
    )
    ended: list[str] = []
    more = asyncio.Event()

    async def tell() -> None:
        done = 0
        while done < total:
            await more.wait()
            more.clear()
            done = len(ended)
            text = f"{name}: {done} of {total} steps, {ended[-1]} the last"
            await aupdate_progress_artifact(artifact, 100.0 * done / total, text)

    def moved(step: str) -> None:
        ended.append(step)
        more.set()

    teller = asyncio.create_task(tell())
    try:
        yield moved
        await teller
    finally:
        teller.cancel()


def publish(verdict: Verdict, shown: Shown) -> None:
    """Leave the findings as a table and the verdict as a page; from a task's own thread."""
    create_markdown_artifact(
        markdown(verdict, replace(shown, as_image=True)),
        key=_key("verdict", verdict.name),
        description=verdict.summary,
    )
    found = shown.findings_of(verdict)
    if found:
        create_table_artifact(
            table=_rows(found),
            key=_key("findings", verdict.name),
            description=f"{len(found)} findings of {verdict.name}"
            + (f", the worst {MOST_ROWS}" if len(found) > MOST_ROWS else ""),
        )


def _rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    worst = sorted(findings, key=lambda f: (-f.severity, f.path, f.line))[:MOST_ROWS]
    return [
        {
            "severity": f.severity.label,
            "place": for_markdown(f.place),  # the UI reads cells as Markdown
            "rule": for_markdown(f.rule),
            "message": for_markdown(f.message),
        }
        for f in worst
    ]


def _key(kind: str, name: str) -> str:
    """Return an artifact's key: one history of artifacts a repository."""
    project = re.sub(r"[^a-z0-9]+", "-", (name.rpartition("@")[0] or name).lower()).strip("-")
    return f"{kind}-{project or 'review'}"[:200]
