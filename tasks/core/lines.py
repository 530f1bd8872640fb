"""How many lines a file has, when tools do not agree on what ends one."""

from __future__ import annotations

import re

ODD_BREAK = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")
"""What ends a line for some tools and not for git: a lone carriage return (Python, ruff, YAML),
NEL (YAML), the Unicode line and paragraph separators (YAML, JavaScript)."""


def has_odd_breaks(content: bytes) -> bool:
    """Return whether tools may number the lines of this text otherwise than git does."""
    return ODD_BREAK.search(content) is not None


def line_count(content: bytes) -> int:
    """Return how many lines there are for the tool that counts the most."""
    if not content:
        return 0
    return content.count(b"\n") + len(ODD_BREAK.findall(content)) + (not content.endswith(b"\n"))
