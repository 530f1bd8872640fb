"""What tools have said before, by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasks.core.finding import Finding


class Memory:
    """Remembers nothing: ``--no-cache``. The subclass that remembers is in ``tasks.results``."""

    def recall(self, tool: str, keys: Iterable[str]) -> dict[str, tuple[Finding, ...]]:
        """Return what is known under these keys; ``tool`` names tool, version and settings."""
        del tool, keys
        return {}

    def keep(self, tool: str, said: Mapping[str, tuple[Finding, ...]]) -> None:
        """Remember what was said, under its keys."""
