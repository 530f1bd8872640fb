"""What can be said of the service on the command line: ``status``, ``submit``, ``doctor``."""

from __future__ import annotations

import argparse
from typing import Any

STATUS_FORMATS = ("text", "json", "prometheus")
QUEUES = ("critical", "high", "normal", "low")


def add_status(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command that shows how the service does."""
    status = commands.add_parser(
        "status",
        help="show how the service does: its queues, workers and dispatcher",
        description="Show what waits and runs in each queue, and how it went in the last day.",
        epilog="exit codes: 0 reviews are made; 1 nobody gives slots, or nobody works; "
        "2 no service is there",
    )
    status.add_argument("--format", default="text", choices=STATUS_FORMATS, help="default: text")
    status.set_defaults(run="deployments.command.status")


def add_submit(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command that lets the service review a pull request."""
    submit = commands.add_parser(
        "submit",
        help="let the service review a pull request",
        description="Put a pull request into a queue of the service, whose workers review it.",
        epilog="exit codes: 0 submitted; 2 it cannot be; with --wait: those of `review pr`",
    )
    submit.add_argument("pull", metavar="OWNER/REPO#N", help="a pull request, or its URL")
    submit.add_argument("--priority", choices=QUEUES, help="default: normal")
    submit.add_argument(
        "--using",
        metavar="TYPE/NAME",
        default="",
        help="the block to connect with, as `review connect` has kept it; default: "
        "github-app/default, else github-token/default",
    )
    submit.add_argument(
        "--again", action="store_true", help="show a new check run where the head's has ended"
    )
    submit.add_argument("--wait", action="store_true", help="until it has ended; tell its verdict")
    submit.set_defaults(run="deployments.command.submit")


def add_doctor(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command that looks whether everything is there."""
    doctor = commands.add_parser(
        "doctor",
        help="look whether everything is there that reviews need",
        description="Look at server, database, queue, workers, disk, sandbox, tools and tokens.",
        epilog="exit codes: 0 all is well; 1 something is to be done, and what",
    )
    doctor.add_argument(
        "--format", default="text", choices=STATUS_FORMATS[:2], help="default: text"
    )
    doctor.set_defaults(run="deployments.command.doctor")
