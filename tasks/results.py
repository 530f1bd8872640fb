"""Remember what tools said, in Prefect's result storage, for as long as the policy says.

One record a tool and repository: it maps what identifies a file's content to what
the tool said of it. A record that cannot be read is one that is not there, and of two
reviews that write at once the later one wins: what is lost is only looked at again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from prefect.results import ResultStore
from prefect.serializers import JSONSerializer
from pydantic import BaseModel, TypeAdapter

from tasks.core.finding import Finding
from tasks.memory import Memory

MOST = 20_000
"""How many contents are remembered for a tool and a repository: the youngest."""


class Said(BaseModel):
    """What a tool said of one content, and when (seconds since the epoch)."""

    at: float
    findings: tuple[Finding, ...]


_RECORD = TypeAdapter(dict[str, Said])


@dataclass(frozen=True)
class StoredMemory(Memory):
    """The memory of one repository's reviews."""

    store: ResultStore
    repository: str
    lifetime: timedelta

    def recall(self, tool: str, keys: Iterable[str]) -> dict[str, tuple[Finding, ...]]:
        """Return what is known under these keys and not too old."""
        known = self._read(tool)
        return {key: known[key].findings for key in keys if key in known}

    def keep(self, tool: str, said: Mapping[str, tuple[Finding, ...]]) -> None:
        """Remember what was said, and forget the oldest where it is too much."""
        if not said:
            return
        now = time.time()
        known = self._read(tool)
        known |= {key: Said(at=now, findings=findings) for key, findings in said.items()}
        young = sorted(known.items(), key=lambda item: -item[1].at)[:MOST]
        content = _RECORD.dump_json(dict(young)).decode()
        with contextlib.suppress(Exception):  # any kind of storage: what is lost is asked again
            self.store.write(content, key=self._key(tool))

    def _read(self, tool: str) -> dict[str, Said]:
        oldest = time.time() - self.lifetime.total_seconds()
        try:
            content = self.store.read(self._key(tool)).result
            known = _RECORD.validate_json(content)
        except Exception:  # noqa: BLE001 - any kind of storage, anything in it: not known
            return {}
        return {key: said for key, said in known.items() if said.at >= oldest}

    def _key(self, tool: str) -> str:
        return "said-" + sha256(f"{self.repository}\0{tool}".encode()).hexdigest()


def memory_of(store: ResultStore, repository: str, days: int) -> Memory:
    """Return the memory of a repository; with no day to live, one that remembers nothing."""
    if not days:
        return Memory()
    plain = ResultStore(
        result_storage=store.result_storage,
        serializer=JSONSerializer(),
        cache_result_in_memory=False,
    )
    return StoredMemory(plain, repository, timedelta(days=days))
