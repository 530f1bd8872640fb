"""``review status``: how the service does."""

from __future__ import annotations

import argparse
import asyncio
import json
import time

IDLE = 1
"""The exit code where a service is there, but makes no reviews."""


def run(said: argparse.Namespace) -> int:
    """Show it; return 0, or 1 where nobody gives slots or nobody works.

    Raises:
        CannotReview: the server has never had a service.
        ServerError: no server is there; none is started, for it would have no service.
    """
    from deployments.command.reviews import talk_to_server

    talk_to_server()
    from deployments.command.status_told import as_json, as_text
    from deployments.command.terminal import print_text
    from deployments.service.record import Record
    from deployments.service.webhook import webhook_of
    from tasks.core.service_prometheus import as_prometheus
    from tasks.home import home
    from tasks.service.status import service_status

    status = asyncio.run(service_status())
    webhook = webhook_of(Record(home()))
    if said.format == "json":
        print_text(f"{json.dumps(as_json(status, webhook), indent=2)}\n")
    elif said.format == "prometheus":
        print_text(as_prometheus(status, time.time()))
    else:
        print_text(as_text(status, webhook))
    return 0 if status.works else IDLE
