"""Which Python the reviewed code is written for: what its project says, else the newest."""

from __future__ import annotations

import tomllib

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from tasks.git import Repository

NEWEST = "3.13"
"""For a project that says nothing: an older one would call new syntax an error."""

LONGEST = 200
"""Characters of a ``requires-python`` that a person would write."""

KNOWN = tuple(f"3.{minor}" for minor in range(7, 15))


def python_of(repository: Repository, commit: str) -> str:
    """Return the oldest version that the base's ``requires-python`` admits."""
    try:
        said = tomllib.loads(repository.text(commit, "pyproject.toml") or "")
        text = said["project"]["requires-python"]
        if not isinstance(text, str) or len(text) > LONGEST:
            return NEWEST
        wanted = SpecifierSet(text)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, InvalidSpecifier, RecursionError):
        return NEWEST
    return next((version for version in KNOWN if wanted.contains(f"{version}.99")), NEWEST)
