"""What of a reviewed repository's own policy is followed."""

from __future__ import annotations

from pydantic import BaseModel

from tasks.core.policy import ReviewPolicy


def trusted_part(policy: ReviewPolicy, operator: ReviewPolicy | None = None) -> ReviewPolicy:
    """Return the policy of a reviewed repository without what only the operator may say.

    Where the tests run and with which interpreter, which database is asked, how much
    runs at once, and whether we approve what passed, in the operator's name, is the
    operator's (by default: the default). A bound on what a review costs can be lowered by
    the repository, not raised.
    """
    ours = operator or ReviewPolicy()
    tests = policy.tests.model_copy(
        update={
            "sandbox": ours.tests.sandbox,
            "python": ours.tests.python,
            **_lower(policy.tests, ours.tests, "memory_bytes", "processes", "file_bytes"),
        }
    )
    trusted = policy.model_copy(
        update={
            "tests": tests,
            "osv": policy.osv if policy.osv == "off" else ours.osv,
            "limits": ours.limits,
            "say": policy.say.model_copy(update={"approve": ours.say.approve}),
            **_lower(policy, ours, "max_file_bytes", "max_files"),
            **_lower(policy, ours, "max_concurrent_tasks", "overall_timeout_seconds"),
        }
    )
    if "limits" not in ours.model_fields_set:
        trusted.model_fields_set.discard("limits")  # nobody has said them: the server's stay
    return trusted


def _lower(theirs: BaseModel, ours: BaseModel, *names: str) -> dict[str, int]:
    return {name: min(getattr(theirs, name), getattr(ours, name)) for name in names}
