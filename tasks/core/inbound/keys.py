"""Under which key a head is submitted: once, whoever has told us of it."""

from __future__ import annotations


def head_key(pull: str, head: str) -> str:
    """Return the key of a head; ``pull`` is ``owner/name#N``, in any case of letters."""
    return f"head:{pull.lower()}@{head}"
