"""The queue as people see it in Prefect's UI: one table, kept up to date."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate

from tasks.core.render.escape import one_line

KEY = "review-queue"

MOST_ROWS = 50
"""Artifacts live in the server's database."""

EVERY_SECONDS = 10.0

NOBODY = {"place": "", "review": "nobody waits", "queue": "", "why": ""}


@dataclass(frozen=True, slots=True)
class Row:
    """A review that waits, as people read it."""

    review: str
    queue: str
    why: str


@dataclass(slots=True)
class Table:
    """The table of one dispatcher: made once, then written over."""

    client: PrefectClient
    run: UUID
    _artifact: UUID | None = None
    _told: str = ""
    _at: float = field(default=0.0)

    async def show(self, rows: Sequence[Row]) -> None:
        """Show these rows, if they are others than before and some time has passed."""
        text = json.dumps(_table(rows))
        if text == self._told or time.monotonic() - self._at < EVERY_SECONDS:
            return
        if self._artifact is None:
            wanted = ArtifactCreate(
                key=KEY,
                type="table",
                description=f"What waits for a slot: {len(rows)}",
                data=text,
                flow_run_id=self.run,
            )
            self._artifact = (await self.client.create_artifact(wanted)).id
        else:
            wanted_now = ArtifactUpdate(
                data=text, description=f"What waits for a slot: {len(rows)}"
            )
            # the client's own way would put the whole table into an event, each time
            await self.client.request(
                "PATCH",
                "/artifacts/{id}",
                path_params={"id": self._artifact},
                json=wanted_now.model_dump(mode="json", exclude_unset=True),
            )
        self._told, self._at = text, time.monotonic()


def _table(rows: Sequence[Row]) -> list[dict[str, str]]:
    shown = [
        {
            "place": str(place),
            "review": one_line(row.review),
            "queue": row.queue,
            "why": one_line(row.why),
        }
        for place, row in enumerate(rows[:MOST_ROWS], start=1)
    ]
    if len(rows) > MOST_ROWS:
        shown.append({**NOBODY, "review": f"and {len(rows) - MOST_ROWS} more"})
    return shown or [NOBODY]
