"""How many reviews are let go before their slot is free, so that it does not idle until a look."""

from __future__ import annotations


def ahead(slots: int, look_seconds: float, typical_seconds: float | None) -> int:
    """Return how many slots become free between two looks, typically.

    Of reviews that take minutes that is none. One that is let go cannot be called back, and may
    take a place that is kept for the service; so never more than there are slots.
    """
    if not typical_seconds:
        return 0
    return min(slots, int(slots * look_seconds / typical_seconds))
