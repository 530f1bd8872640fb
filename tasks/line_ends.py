"""The line ends a file of the work tree would have in a commit: CRLF may be git's doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasks.core.change import REGULAR
from tasks.core.diff import RawEntry
from tasks.git import Repository

SNIFFED = 8000
"""Bytes at the start of a file in which a NUL makes it binary; git's own rule."""


class LineEnds:
    """What attributes and settings say of the line ends of changed files.

    https://git-scm.com/docs/gitattributes#_end_of_line_conversion
    """

    def __init__(
        self, repository: Repository, theirs: Mapping[str, str], entries: Iterable[RawEntry]
    ) -> None:
        self._repository = repository
        files = [entry for entry in entries if not entry.path.endswith(b"/")]
        said = repository.line("config", "core.autocrlf").lower()
        self._automatic = said == "input" or (
            repository.line("config", "--type=bool", "core.autocrlf") == "true"
        )
        asked = b"".join(entry.path + b"\0" for entry in files)
        answer = repository.run(
            "check-attr", "-z", "--stdin", "text", "eol", given=asked, environment=theirs
        ).split(b"\0")
        rows = zip(answer[::3], answer[1::3], answer[2::3], strict=False)
        self._said = {(path, name): value for path, name, value in rows}

    def as_committed(self, entry: RawEntry, content: bytes | int) -> bytes | int:
        """Return a file's content with the line ends it would have in a commit."""
        if isinstance(content, int) or b"\r\n" not in content:
            return content
        text = self._said.get((entry.path, b"text"), b"unspecified")
        eol = self._said.get((entry.path, b"eol"), b"unspecified")
        if text == b"unset":
            return content
        always = text in {b"set", b"input"} or (text == b"unspecified" and eol in {b"lf", b"crlf"})
        guess = text == b"auto" or (text == b"unspecified" and self._automatic)
        is_text = b"\0" not in content[:SNIFFED]
        if always or (guess and is_text and not self._had_crlf(entry)):
            return content.replace(b"\r\n", b"\n")
        return content

    def _had_crlf(self, entry: RawEntry) -> bool:
        """Return whether the base has CRLF in a commit already: then git leaves them."""
        if not entry.base_blob or entry.base_mode not in REGULAR:
            return False
        return b"\r\n" in self._repository.run("cat-file", "blob", entry.base_blob)
