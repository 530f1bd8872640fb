"""Which paths a change touches, before anything of it is copied."""

from __future__ import annotations

from tasks.core.diff import shown
from tasks.git import open_repository


def changed_paths(folder: str, base: str, head: str) -> tuple[str, ...]:
    """Return the paths that differ between two commits, of a renamed file both.

    Raises:
        CannotReview: there is no such repository or commit.
    """
    repository = open_repository(folder)
    raw = repository.differing(repository.tree(base), repository.tree(head))
    paths = (path for entry in raw for path in (entry.base_path, entry.path) if path)
    return tuple(dict.fromkeys(map(shown, paths)))
