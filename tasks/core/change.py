"""A change: two states of a tree, and what differs between them."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What happened to a file, in git's letters."""

    ADDED = "A"
    COPIED = "C"
    DELETED = "D"
    MODIFIED = "M"
    RENAMED = "R"
    RETYPED = "T"


IGNORED = "ignored by the policy"
"""Why a file is left out that nobody wants to have looked at."""

REGULAR = frozenset({0o100644, 0o100755})
LINK = 0o120000
SUBMODULE = 0o160000


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a change.

    ``path`` is what people read: UTF-8, what is not is backslash-escaped. ``lines``
    are the lines of the head that the change added or modified, as half-open ranges
    that count from 1. ``head`` and ``base`` are absolute paths of copies that are safe
    to read, empty where there is none; ``left_out`` then says why there is no copy
    of the head (a deletion needs no reason). ``odd`` says that tools may number the lines
    of the head otherwise than git does.
    """

    path: str
    kind: Kind
    mode: int = 0o100644
    blob: str = ""
    base_path: str = ""
    base_blob: str = ""
    size: int = 0
    lines: tuple[range, ...] = ()
    head: str = ""
    base: str = ""
    left_out: str = ""
    first_line: str = ""
    odd: bool = False

    def touches(self, lines: range) -> bool:
        """Return whether the change added or modified one of these lines."""
        return any(lines.start < r.stop and r.start < lines.stop for r in self.lines)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a review is about: ``head`` against ``base``, both commit or tree ids."""

    name: str
    base: str
    head: str
    files: tuple[ChangedFile, ...] = ()
    repository: str = ""
    """The checkout or mirror it comes from: an absolute path."""
    scratch: str = ""
    """The folder of this review's own copies: an absolute path."""
    base_tree: str = ""
    head_tree: str = ""

    @property
    def project(self) -> str:
        """Return whose change it is: the name without its head."""
        return self.name.rpartition("@")[0] or self.name

    @property
    def looked_at(self) -> tuple[ChangedFile, ...]:
        """Return the files whose head can be looked at."""
        return tuple(file for file in self.files if file.head)

    @property
    def left_out(self) -> tuple[ChangedFile, ...]:
        """Return the files whose head exists and is not looked at."""
        return tuple(file for file in self.files if file.left_out)

    @property
    def missed(self) -> tuple[ChangedFile, ...]:
        """Return the files whose content is not looked at though nobody has said so.

        A link or a submodule has none: what it leads to is looked at where that changed.
        """
        return tuple(
            file for file in self.left_out if file.left_out != IGNORED and file.mode in REGULAR
        )
