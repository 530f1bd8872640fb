"""What can go wrong outside our own code, by what the caller can do about it."""

from __future__ import annotations


class ReviewError(Exception):
    """Base of everything we raise on purpose; its text says who, what, and what to do."""


class CannotReview(ReviewError):  # noqa: N818 - a sentence, as all of these read
    """The question itself is wrong: no repository, no such revision, a bad argument."""
