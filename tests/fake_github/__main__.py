"""Run the fake GitHub by hand: `python -m tests.fake_github --repository acme/shop=FOLDER`."""

from __future__ import annotations

import argparse
import contextlib
import threading
from collections.abc import Sequence

from tests.fake_github.server import FakeGitHub

LOOK = 2  # seconds between two looks at the branches


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_github", description=__doc__)
    parser.add_argument("--repository", metavar="OWNER/NAME=FOLDER", action="append", required=True)
    parser.add_argument(
        "--pull",
        metavar="OWNER/NAME:BRANCH",
        action="append",
        default=[],
        help="open a pull request of this branch",
    )
    parser.add_argument("--base", default="main", help="the branch that they are for")
    parser.add_argument("--login", default="ci-bot", help="whose token to print")
    parser.add_argument("--hook", metavar="URL", help="deliver webhooks there")
    parser.add_argument("--secret", default="", help="what they are signed with")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    with FakeGitHub(given.port) as hub:
        say = [f"API:     {hub.api_url}", f"GraphQL: {hub.graphql_url}", f"Web:     {hub.web_url}"]
        for repository in given.repository:
            name, _, folder = repository.partition("=")
            hub.add_repository(name, folder, permissions={"ada": "write", given.login: "write"})
            say.append(f"token of Actions in {name}: {hub.actions_token(name)}")
        if given.hook:
            say.append(f"webhooks: {hub.hook(given.hook, given.secret).url}")
        for one in given.pull:
            name, _, branch = one.partition(":")
            pull = hub.open_pull(name, head=branch, base=given.base)
            say.append(f"pull request of {branch}: {name}#{pull.number}")
        say.append(f"token of {given.login}: {hub.token(given.login)}")
        print(*say, sep="\n", flush=True)  # noqa: T201 - this is for a person to read
        with contextlib.suppress(KeyboardInterrupt):
            while not threading.Event().wait(LOOK):
                with hub.lock:
                    for repo in hub.repositories.values():
                        hub.pulls(repo)  # what was pushed is told to webhooks


if __name__ == "__main__":
    main()
