"""Whether GitHub has sent it: HMAC-SHA256 over the raw bytes, with the secret that both know.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

PREFIX = b"sha256="


class Seal:
    """The signatures of a body under several secrets, made while its pieces come in."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._sums = [hmac.new(secret, digestmod="sha256") for secret in secrets]

    def add(self, piece: bytes) -> None:
        """Add the next piece of the body."""
        for one in self._sums:
            one.update(piece)

    def proves(self, header: bytes) -> bool:
        """Return whether a header is one of the signatures, in a time that tells nothing.

        Bytes are compared: of a text that is not ASCII, ``compare_digest`` raises.
        """
        found = False
        for one in self._sums:
            found |= hmac.compare_digest(PREFIX + one.hexdigest().encode(), header)
        return found


def signature(body: bytes, secret: bytes) -> str:
    """Return the header that GitHub sends with such a body."""
    return f"sha256={hmac.new(secret, body, 'sha256').hexdigest()}"
