"""How the status of the service is told on the command line: as tables, as JSON."""

from __future__ import annotations

from typing import Any

from deployments.command.table import age, table
from tasks.core.queue_metrics import DAY
from tasks.core.queueing.words import span
from tasks.core.render.escape import name
from tasks.core.render.words import count
from tasks.core.service_status import ServiceStatus, Sign

MOST_NAMES = 8
"""So many workers are named."""

NONE = "-"
"""Stands for what nobody knows."""


def as_text(status: ServiceStatus, webhook: str = "") -> str:
    """Return who works, what waits and runs now, and how it went of late.

    ``webhook`` is how that of this machine does; nothing where it has no service.
    """
    waiting = status.queues[-1].known.queue_size
    facts = (
        f"slots:       {status.taken} of {status.slots} taken; {count(waiting, 'review')} "
        f"{'waits' if waiting == 1 else 'wait'}\n"
        f"workers:     {_workers(status)}\n"
        f"dispatcher:  {_dispatcher(status)}\n" + (f"webhook:     {webhook}\n" if webhook else "")
    )
    return "\n".join((facts, _now(status), _past(status)))


def as_json(status: ServiceStatus, webhook: str = "") -> dict[str, Any]:
    """Return the status for programs."""
    return {
        "works": status.works,
        "slots": status.slots,
        "slots_taken": status.taken,
        "window_seconds": round(status.window),
        "workers": [_sign(one) for one in status.workers],
        "dispatchers": [_sign(one) for one in status.dispatchers],
        "webhook": webhook,
        "paused_queues": list(status.stopped),
        "queues": {one.queue: one.figures() for one in status.queues},
    }


def _sign(one: Sign) -> dict[str, Any]:
    return {"name": one.name, "alive": one.alive, "last_sign_seconds": one.ago}


def _workers(status: ServiceStatus) -> str:
    if not status.workers_alive:
        gone = f"; {_named(status.workers[0])} was the last" if status.workers else ""
        return f"none: nobody makes reviews{gone}; `review up` starts some"
    alive = [one for one in status.workers if one.alive]
    told = ", ".join(_named(one) for one in alive[:MOST_NAMES])
    more = f" and {len(alive) - MOST_NAMES} more" if len(alive) > MOST_NAMES else ""
    return f"{len(alive)}: {told}{more}"


def _named(one: Sign) -> str:
    return f"{name(one.name, 60)} ({_ago(one)})"


def _dispatcher(status: ServiceStatus) -> str:
    if not status.dispatcher:
        return "none: nobody gives slots; what waits starts late, in Prefect's own order"
    others = sum(one.alive for one in status.dispatchers) - 1
    return f"alive ({_ago(status.dispatcher)}){', and another stands by' if others else ''}"


def _ago(one: Sign) -> str:
    if one.ago is None:
        return "never gave a sign"
    said = age(one.ago)
    return "last sign just now" if said == "now" else f"last sign {said} ago"


def _now(status: ServiceStatus) -> str:
    rows = []
    for one in status.queues:
        paused = " (paused)" if one.queue in status.stopped else ""
        oldest = NONE if one.oldest_seconds is None else span(one.oldest_seconds)
        rows.append(
            (one.queue + paused, str(one.known.queue_size), str(one.known.active_tasks), oldest)
        )
    return table(("now", "waiting", "active", "oldest waits"), rows, figures=(1, 2, 3))


def _past(status: ServiceStatus) -> str:
    rows = []
    for one in status.queues:
        of = one.figures()
        rows.append(
            (
                one.queue,
                str(one.known.total),
                f"{of['per_hour']:.1f}",
                NONE if of["average_wait_seconds"] is None else span(of["average_wait_seconds"]),
                *(_share(of[rate]) for rate in ("success_rate", "failure_rate", "retry_rate")),
                str(one.preempted),
            )
        )
    past = "last day" if status.window >= DAY else f"last {span(status.window)}"
    header = (past, "ended", "an hour", "avg wait", "verdict", "failed", "retried", "preempted")
    return table(header, rows, figures=range(1, len(header)))


def _share(rate: float | None) -> str:
    return NONE if rate is None else f"{100 * rate:.0f} %"
