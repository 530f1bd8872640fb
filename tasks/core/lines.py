"""How many lines a file has, when tools do not agree on what ends one."""

from __future__ import annotations

import re

ODD_BREAK = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")
"""What ends a line for some tools and not for git: a lone carriage return (Python, ruff, YAML),
NEL (YAML), the Unicode line and paragraph separators (YAML, JavaScript)."""


STARTS = (b"\r", b"\xc2\x85", b"\xe2\x80")
"""What one of them begins with: looked for first, as most files have none."""


def odd_breaks(content: bytes) -> int:
    """Return after how many lines tools and git may disagree on the number of the next."""
    if not any(start in content for start in STARTS):
        return 0
    return len(ODD_BREAK.findall(content))


def line_count(content: bytes) -> int:
    """Return how many lines there are for the tool that counts the most."""
    if not content:
        return 0
    return content.count(b"\n") + odd_breaks(content) + (not content.endswith(b"\n"))
