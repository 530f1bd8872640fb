"""What can be said of the service on the command line: ``status``, ``submit``, ``webhook``, ..."""

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


def add_webhook(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command that answers GitHub's deliveries."""
    webhook = commands.add_parser(
        "webhook",
        help="answer GitHub's webhook: what happens there becomes reviews here",
        description="Answer GitHub's deliveries, and have what they ask for done by the service. "
        "`review up` keeps one going where `review connect webhook` has made a secret.",
        epilog="exit codes: 0 it has ended as told; 2 it cannot be, and why",
    )
    webhook.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1"
    )
    webhook.add_argument("--port", type=int, default=4280, metavar="P", help="default: 4280")
    webhook.add_argument(
        "--using",
        metavar="TYPE/NAME",
        default="",
        help="the block to connect with; default: github-app/default, else github-token/default",
    )
    webhook.set_defaults(run="deployments.command.webhook")


def add_connect_webhook(whats: argparse._SubParsersAction[Any]) -> None:
    """Add what ``review connect`` does for the webhook."""
    webhook = whats.add_parser(
        "webhook",
        help="make the secret that GitHub's deliveries are signed with",
        description="Make the secret that GitHub signs what it tells us with, and show it once. "
        "Again: make another; the one before goes on counting until --forget-old.",
    )
    webhook.add_argument("--stdin", action="store_true", help="read the secret, do not make one")
    webhook.add_argument("--forget-old", action="store_true", help="only the newest counts")


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
