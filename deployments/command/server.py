"""``review server``: start, look at or stop the server of the data folder."""

from __future__ import annotations

import argparse
import sys

from deployments.server import Server, healthy


def run(said: argparse.Namespace) -> int:
    """Do what was asked; return 0, or 1 where ``status`` finds no server.

    Raises:
        ServerError: it does not come up.
    """
    server = Server.of_environment()
    if said.what == "start":
        server.ensure()
        _say(f"running at {server.url}; its UI is {server.url.removesuffix('/api')}")
    elif said.what == "stop":
        if server.given:
            _say(f"PREFECT_API_URL={server.given} is not ours to stop; end it where it was started")
            return 2
        _say("stopped" if server.stop() else "it was not running")
    elif server.url and healthy(server.url):
        _say(f"running at {server.url}, data in {server.folder}")
    else:
        _say(f"not running; data in {server.folder}")
        return 1
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
