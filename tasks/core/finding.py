"""The one thing every analyser says: a finding."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer


class Severity(enum.IntEnum):
    """How bad a finding is; the order is the meaning."""

    INFO = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        """Return the word people and files use: ``error``."""
        return self.name.lower()

    @classmethod
    def named(cls, word: Any) -> Any:  # noqa: ANN401 - what it does not know is for pydantic to refuse
        """Return the severity of this word, or the word itself where there is none."""
        if isinstance(word, str):
            return cls.__members__.get(word.upper(), word)
        return word


Level = Annotated[
    Severity,
    BeforeValidator(Severity.named, json_schema_input_type=str),
    PlainSerializer(lambda severity: Severity(severity).label, return_type=str),
]
"""A severity in a model: written as its word."""


class Finding(BaseModel):
    """One remark about one place.

    ``line`` and ``end_line`` count from 1 and are both included; 0 means the whole
    file. ``column`` counts characters from 1; 0 is the whole line. ``suggestion``
    replaces the lines ``line`` to ``end_line`` and ends without a line break; an empty
    one deletes them. ``caused`` says whether the change brought it about, where that is
    known otherwise than by its lines: a test that fails. ``fingerprint`` knows it again by its
    line and those beside it, ``line_fingerprint`` by its line alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    line: int
    end_line: int = 0
    column: int = 0
    rule: str
    severity: Level
    message: str
    suggestion: str | None = None
    fingerprint: str = ""
    line_fingerprint: str = ""
    step: str = ""
    on_changed_line: bool = True
    caused: bool | None = None

    @property
    def lines(self) -> range:
        """Return the lines it is about; empty for a whole file."""
        return range(self.line, max(self.line, self.end_line) + 1) if self.line else range(0)

    @property
    def place(self) -> str:
        """Return ``path:line``, or the path alone for a whole file."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def but(self, **values: object) -> Finding:
        """Return this finding with other values."""
        return self.model_copy(update=values)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the highest severity, or None if there is no finding."""
    return max((finding.severity for finding in findings), default=None)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return them as a reader wants them: by file, line and rule."""
    return tuple(sorted(findings, key=lambda f: (f.path, f.line, f.column, f.rule, f.message)))
