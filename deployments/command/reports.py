"""``review pr --report FILE``: the same verdict in several formats, each in a file of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.command.question import must_be_writable
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from tasks.core.render import Shown
    from tasks.core.verdict import Verdict

ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".html": "html",
}
"""The format of a report by the ending of its file."""


def check_reports(files: Iterable[str]) -> None:
    """Refuse files for reports before the review, not after it.

    Raises:
        CannotReview: the ending of one says no format, or it cannot be written.
    """
    for file in files:
        if Path(file).suffix not in ENDINGS:
            raise CannotReview(
                f"--report {file}: its ending says no format; end it with {', '.join(ENDINGS)}"
            )
        must_be_writable(Path(file).absolute(), "--report")


def write_reports(files: Iterable[str], verdict: Verdict, shown: Shown) -> None:
    """Write the verdict to each of the files.

    Raises:
        CannotReview: one cannot be written after all.
    """
    from tasks.core.render import FORMATS

    for file in files:
        text = FORMATS[ENDINGS[Path(file).suffix]](verdict, shown)
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotReview(f"--report {file}: {error.strerror or error}") from error
