"""One delivery of GitHub's, as it is kept until it has been dealt with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in: GitHub's id of it, the event's name, and the body as it was signed.

    ``body`` is JSON, in whatever bytes GitHub has sent.
    """

    id: str
    event: str
    body: bytes
