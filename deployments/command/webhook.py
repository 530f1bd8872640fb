"""``review webhook``: answer GitHub's deliveries, and have them dealt with."""

from __future__ import annotations

import argparse
import os

from tasks.errors import CannotReview


def run(said: argparse.Namespace) -> int:
    """Serve until it is told to end; return 0.

    Raises:
        CannotReview: there is no secret, or the port is taken.
    """
    from deployments.command import startup
    from deployments.server import Server
    from deployments.webhook.secret_file import VARIABLE, SecretFile

    secrets = SecretFile.of_home()
    if not secrets.known():
        raise CannotReview(
            "no secret is known that GitHub's deliveries are signed with: make one with "
            f"`review connect webhook`, or say it in {VARIABLE}"
        )
    server = Server.of_environment()
    server.claim()
    os.environ.update(startup.client_settings(server.given, server.folder))
    os.environ.update(server.client_settings())
    from deployments.webhook.app import application
    from deployments.webhook.says import to_errors
    from deployments.webhook.serving import listening, serve
    from tasks.inbox import Inbox, inbox_path

    with listening(said.host, said.port) as listener, Inbox(inbox_path()) as inbox:
        host, port = listener.getsockname()[:2]
        to_errors(f"webhook: answers at http://{host}:{port}/github/webhook")
        serve(application(inbox, secrets, said.using, to_errors), listener)
    to_errors("webhook: ended")
    return 0
