"""Names of states, labels and tags by which the service knows its runs on the server."""

from __future__ import annotations

QUEUED = "Queued"
"""The state (Scheduled, in the future) of a review that waits for its turn."""

PREEMPTED = "Preempted"
"""The state (Paused, without an end) of a review that gave its slot to a critical one."""

RESUMING = "Resuming"
"""The state (Scheduled) of one that was preempted, and whose turn has come again."""

GIVEN_UP = "GivenUp"
"""The state (Failed) of a review whose process died too often."""

OWNER = "review.owner"
"""The label with the random id of the process that runs a review: the newest to begin."""

PULSE = "review.pulse"
"""The label that changes while that process lives."""

ATTEMPT = "review.attempt"
"""The label that says how often the run has been sent back to its queue for having died."""

DEATH = "review.death"
"""The label that names the crash that was counted last: none is counted twice."""

PREEMPTIONS = "review.preempted"
"""The label that counts how often it has given way."""

ROUND = "review.round"
"""The label that counts how often a person had it tried again: what was kept counts no more."""

OVERDUE = "overdue"
"""The tag of a review that got its slot for having waited too long: it does not give way."""

MOST_ATTEMPTS = 3
"""So often a review is begun whose process dies; then it is given up, and says so."""

FAREWELLS = "review.farewells"
"""The label that counts how often its process was told to end: its service was brought down."""

MOST_FAREWELLS = 20
"""More than so often, that counts as dying."""

HOLD_SECONDS = 600.0
"""A waiting review is due by itself after so long, should nobody renew that: then Prefect's own
order applies, and nothing is lost with the dispatcher."""

PULSE_SECONDS = 10.0
"""How often a process shows that it lives."""

SILENCE_SECONDS = 45.0
"""Whose pulse was seen not to move for so long is dead."""

SINCE = "review.since"
"""The label of a run that took the place of one in another queue: since when that has waited."""

SAID = "review.said"
"""The label that names the cancellation after which GitHub, too, shows that nothing goes on."""

NOT_REVIEWED = "NotReviewed"
"""The state (Completed) of a run that had nothing to review: a draft, or what is closed."""
