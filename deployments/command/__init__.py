"""The command line: ``review``. What is heavy is imported when it is needed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from deployments.command import service_parser

CANNOT = 2
"""The exit code of what could not be done at all."""

LEVELS = ("info", "warning", "error", "critical", "never")
FORMATS = ("text", "json", "markdown", "sarif", "html")
STATES = ("pending", "in_progress", "paused", "retrying", "completed", "failed", "cancelled")

CHANGES = {
    "pause": ("let a review that runs wait", "The steps that have answered keep their answers."),
    "resume": ("let a paused review go on", "It goes on as soon as a worker is free."),
    "cancel": ("end a review", "Whoever runs it ends its processes."),
    "retry": ("try a failed or cancelled review again", "It begins when a worker is free."),
}
"""What can be done to a review: each a command, its help, and what it means."""

NAMES = "OWNER/REPO#N, its newest; or an id, or the beginning of one"


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        """End with the one line and exit code 2."""
        self.exit(CANNOT, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def parser() -> Parser:
    """Return everything that can be said on the command line."""
    whole = Parser(prog="review", description="Review a change: real tools, one honest verdict.")
    whole.add_argument("--version", action="store_true", help="print the version and exit")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND")
    _pr(commands)
    _baseline(commands)
    _connect(commands)
    service_parser.add_webhook(commands)
    _server(commands)
    _up(commands)
    service_parser.add_status(commands)
    service_parser.add_submit(commands)
    _list(commands)
    _show(commands)
    _change(commands)
    service_parser.add_doctor(commands)
    return whole


def _pr(commands: argparse._SubParsersAction[Parser]) -> None:
    pr = commands.add_parser(
        "pr",
        help="review a pull request, or a branch as one would be",
        description="Review a pull request on GitHub, or what HEAD adds to BASE here.",
        epilog="exit codes: 0 passed; 1 findings at or above --fail-on; 2 could not review; "
        "3 a required step did not look",
    )
    pr.add_argument("pull", nargs="?", metavar="OWNER/REPO#N", help="a pull request, or its URL")
    pr.add_argument("--publish", action="store_true", help="leave the review on GitHub")
    pr.add_argument("--again", action="store_true", help="with a new check run, if one is there")
    pr.add_argument("--using", default="", metavar="BLOCK", help="whose token: github-app/NAME")
    pr.add_argument("--repo", default=".", metavar="PATH", help="the repository (default: here)")
    pr.add_argument("--base", metavar="REV", help="default: merge base with the default branch")
    pr.add_argument("--head", default="HEAD", metavar="REV", help="a revision, or WORKTREE")
    pr.add_argument("--format", default="text", choices=FORMATS, help="default: text")
    pr.add_argument("--output", metavar="FILE", help="write the report there")
    pr.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FILE",
        help="a report there too, in the format of its ending: .html, .sarif, .json, ...",
    )
    pr.add_argument("--fail-on", choices=LEVELS, help="default: error")
    pr.add_argument("--only", type=_steps, default=(), metavar="STEP,...", help="only these steps")
    pr.add_argument("--skip", type=_steps, default=(), metavar="STEP,...", help="not these steps")
    pr.add_argument("--policy", metavar="FILE", help="default: .review.yaml of the base")
    pr.add_argument("--all-lines", action="store_true", help="report on unchanged lines too")
    pr.add_argument("--no-cache", action="store_true", help="let every tool look again")
    pr.add_argument("--quiet", action="store_true", help="no progress; of text, the verdict only")
    pr.set_defaults(run="deployments.command.pr")


def _baseline(commands: argparse._SubParsersAction[Parser]) -> None:
    baseline = commands.add_parser(
        "baseline",
        help="take note of a repository's old findings, which then do not count",
        description="Review every file of HEAD, and write what is found to a file to be committed.",
        epilog="exit codes: 0 written; 2 could not review; 3 a required step did not look, and "
        "nothing was written",
    )
    baseline.add_argument("--repo", default=".", metavar="PATH", help="default: here")
    baseline.add_argument("--head", default="HEAD", metavar="REV", help="a revision, or WORKTREE")
    baseline.add_argument("--output", metavar="FILE", help="default: .review-baseline.json there")
    baseline.add_argument("--partial", action="store_true", help="write it, whoever did not look")
    baseline.set_defaults(run="deployments.command.baseline")


def _connect(commands: argparse._SubParsersAction[Parser]) -> None:
    connect = commands.add_parser(
        "connect",
        help="say who reviews on GitHub, and look what they may do there",
        description="Keep a GitHub App's key or a token in a block of the Prefect server.",
        epilog="exit codes: 0 connected; 2 not, or not well enough for a review",
    )
    whats = connect.add_subparsers(dest="what", metavar="WHAT", required=True)
    app = whats.add_parser("app", help="review as a GitHub App")
    app.add_argument("--id", required=True, metavar="N", help="its App ID or client ID")
    app.add_argument("--key", required=True, metavar="FILE", help="its private key, a .pem file")
    token = whats.add_parser(
        "token",
        help="review as whoever a token belongs to",
        description="The token is asked for, or read from standard input; never an argument.",
    )
    check = whats.add_parser("check", help="look what we may do in a repository")
    check.add_argument("repository", metavar="OWNER/REPO")
    check.add_argument("--using", default="", metavar="BLOCK", help="whose token: github-app/NAME")
    service_parser.add_connect_webhook(whats)
    for kind in (app, token):
        kind.add_argument("--name", default="default", help="of the block; default: default")
        kind.add_argument(
            "--api-url",
            default="https://api.github.com",
            metavar="URL",
            help="of GitHub Enterprise: https://HOST/api/v3",
        )
    connect.set_defaults(run="deployments.command.connect")


def _server(commands: argparse._SubParsersAction[Parser]) -> None:
    server = commands.add_parser("server", help="start, look at or stop the local Prefect server")
    server.add_argument("what", choices=("start", "status", "stop"))
    server.set_defaults(run="deployments.command.server")


def _up(commands: argparse._SubParsersAction[Parser]) -> None:
    up = commands.add_parser(
        "up",
        help="have the review service on this machine",
        description="Start server and workers, put what they need on the server, and keep all of "
        "it going. Again: apply what is asked for. With PREFECT_API_URL: workers of that server.",
        epilog="exit codes: 0 it is there, or has ended as told; 2 it cannot be, and why",
    )
    up.add_argument("--workers", type=_count, metavar="N", help="default: 1")
    up.add_argument("--limit", type=_count, metavar="N", help="reviews at once of each worker")
    up.add_argument("--slots", type=_count, metavar="N", help="reviews at once of all workers")
    up.add_argument("--port", type=_count, metavar="P", help="of the server's API and UI")
    up.add_argument("--webhook-port", type=_count, metavar="P", help="of the webhook")
    up.add_argument("--detach", action="store_true", help="in the background; return when it runs")
    up.set_defaults(run="deployments.command.up")
    down = commands.add_parser(
        "down",
        help="end the review service of this machine",
        description="End workers, warm processes and the server. Reviews at work go back to their "
        "queue, and begin again when the service is up again.",
    )
    down.set_defaults(run="deployments.command.down")


def _list(commands: argparse._SubParsersAction[Parser]) -> None:
    every = commands.add_parser(
        "list",
        help="list the reviews that the server knows",
        description="List what runs, then what waits, then what has ended: the newest first.",
    )
    every.add_argument("--state", action="append", choices=STATES, help="only these; repeat it")
    every.add_argument("--repository", default="", metavar="OWNER/REPO", help="only its reviews")
    every.add_argument("--limit", type=_count, default=20, metavar="N", help="default: 20")
    every.add_argument("--format", default="text", choices=FORMATS[:2], help="default: text")
    every.set_defaults(run="deployments.command.reviews", what="list")


def _show(commands: argparse._SubParsersAction[Parser]) -> None:
    show = commands.add_parser(
        "show",
        help="show what became of a review",
        description="Show a review's states, what its steps answered, and its verdict.",
    )
    show.add_argument("review", metavar="RUN", help=NAMES)
    show.add_argument("--format", default="text", choices=FORMATS[:2], help="default: text")
    show.set_defaults(run="deployments.command.reviews", what="show")


def _change(commands: argparse._SubParsersAction[Parser]) -> None:
    for what, (does, means) in CHANGES.items():
        change = commands.add_parser(
            what,
            help=does,
            description=f"{does[0].upper()}{does[1:]}. {means}",
            epilog="exit codes: 0 done; 2 it cannot be, and why",
        )
        change.add_argument("review", metavar="RUN", help=NAMES)
        change.set_defaults(run="deployments.command.reviews", what=what)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!a} is no number from 1 on")
    return int(text)


def _steps(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    whole = parser()
    said = whole.parse_args(arguments)
    if said.version:
        from importlib.metadata import version

        print(f"review {version('prefect-review')}")  # noqa: T201 - that is what was asked
        return 0
    if "run" not in said:
        whole.error("say what to do, for example `review pr`")
    from tasks.errors import ReviewError

    try:
        return int(import_module(said.run).run(said))
    except ReviewError as error:
        sys.stderr.write(f"review: {' '.join(str(error).split())}\n")
        if "GITHUB_ACTIONS" in os.environ:
            from deployments.command.job import could_not

            could_not(str(error), sys.stdout.write)
        return CANNOT
    except KeyboardInterrupt:
        sys.stderr.write("review: interrupted; nothing goes on\n")
        return 130
    except Exception as error:  # noqa: BLE001 - Python's own exit code would mean "findings"
        import traceback

        traceback.print_exc()
        sys.stderr.write(f"review: no verdict, because of a mistake of ours: {error!r}\n")
        return CANNOT
