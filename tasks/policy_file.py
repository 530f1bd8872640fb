"""The policy that a repository has for itself, in its base branch: ``.review.yaml``."""

from __future__ import annotations

from tasks.analysers import ANALYSERS
from tasks.core.policy import PolicyError, ReviewPolicy, read_policy
from tasks.core.template import PR_REVIEW
from tasks.core.trust import trusted_part
from tasks.errors import CannotReview

POLICY = ".review.yaml"


def policy_in(text: str | None, where: str, *, trusted: bool = False) -> ReviewPolicy:
    """Return the policy in this text: of an operator, whom we trust, or of a repository.

    ``where`` is what people call the file. No text is the default policy.

    Raises:
        CannotReview: it says what cannot be meant, and where.
    """
    if not text:
        return ReviewPolicy()
    try:
        policy = read_policy(text, where, steps=PR_REVIEW.names, analysers=tuple(ANALYSERS))
    except PolicyError as error:
        raise CannotReview(str(error)) from error
    return policy if trusted else trusted_part(policy)
