"""Which pull request a review is about."""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SHORT = 7
"""So many digits of a commit are shown."""


def _repository(name: str) -> str:
    owner, _, project = name.partition("/")
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", owner) and re.fullmatch(
        r"[A-Za-z0-9._-]{1,100}", project
    )
    if not plain or project in {".", ".."}:
        raise ValueError(f"expected owner/name, not {name[:100]!a}")
    return name


def _printable(text: str) -> str:
    for character in text:
        # Cc: control, Cs: half a character that no wire carries, Zl and Zp: line breaks
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise ValueError(f"control characters are refused: {text[:100]!a}")
    return text


def _branch(name: str) -> str:
    if name.startswith("-"):
        raise ValueError(f"a branch that looks like an option is refused: {name[:100]!a}")
    return _printable(name)


Branch = Annotated[str, AfterValidator(_branch)]
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})?$")]


class PullState(enum.StrEnum):
    """What became of a pull request."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class PRContext(BaseModel):
    """A pull request, or a branch like one. What is not known is empty.

    ``head_branch``, ``changed_files``, ``title`` and ``labels`` may hold any character, for a
    review must not die of them before it can say anything: escape them. ``bot`` says that its
    author is no person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: Annotated[str, AfterValidator(_repository)]
    pr_number: int | None = Field(default=None, ge=1)
    base_branch: Branch = ""
    head_branch: str = ""
    base_sha: Commit = ""
    head_sha: Commit = ""
    changed_files: tuple[str, ...] = ()
    author: Annotated[str, AfterValidator(_printable)] = ""
    bot: bool = False
    title: str = ""
    labels: tuple[str, ...] = ()
    draft: bool = False
    state: PullState = PullState.OPEN
    head_repository: str = ""

    @property
    def fork(self) -> bool:
        """Return whether its head lives in another repository, or in one that is gone."""
        return self.head_repository != self.repository

    def __str__(self) -> str:
        """Return ``owner/name@abcdef1``; without a head, the number or the name alone."""
        if self.head_sha:
            return f"{self.repository}@{self.head_sha[:SHORT]}"
        return f"{self.repository}#{self.pr_number}" if self.pr_number else self.repository
