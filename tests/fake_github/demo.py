"""Try the service out: a GitHub of its own, a pull request on it, and the review that is posted.

`python -m tests.fake_github.demo` does what a user does, and shows each command; the
service is that of `review up`. It serves until Ctrl-C, so that everything can be looked at.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fake_github.server import FakeGitHub
from tests.fake_github.state import Pull

REVIEW = Path(sys.executable).parent / "review"
SHOP = "acme/shop"
APP = 7

BEFORE = {
    "shop/__init__.py": '"""A shop."""\n',
    "shop/prices.py": '"""Prices, in cents."""\n\n\n'
    'def total(prices: list[int]) -> int:\n    """Return the sum."""\n    return sum(prices)\n',
    "tests/test_prices.py": "from shop.prices import total\n\n\n"
    "def test_nothing_costs_nothing():\n    assert total([]) == 0\n",
}
AFTER = {
    "shop/prices.py": BEFORE["shop/prices.py"] + "\n\ndef discount(prices, cart=[]):\n"
    '    """Return the cheapest of a cart."""\n'
    "    cart += prices\n"
    "    return mininum(cart)\n",
    "shop/orders.py": '"""Orders."""\n\nimport subprocess\n\n\n'
    "def label(customer: str) -> None:\n"
    '    """Print a label."""\n'
    '    subprocess.run(f"lp -t {customer}", shell=True)\n',
    "deploy.yaml": "shop:\n  replicas: 2\n  replicas: 3\n",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Set the scene, review, show; return how the review ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_github.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the GitHub; default: a free one")
    parser.add_argument("--once", action="store_true", help="do not wait for Ctrl-C at the end")
    said = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, FakeGitHub(said.port) as hub:
        pull = _pull(hub, Path(scratch, "shop"))
        key = Path(scratch, "app.pem")
        key.write_text(_app(hub))
        _say(f"A GitHub of its own is at {hub.web_url}; ada has opened {SHOP}#{pull.number} there.")
        connect = ["connect", "app", "--id", APP, "--key", key, "--name", "demo"]
        ended = _review(*connect, "--api-url", hub.api_url)
        if not ended:
            ended = _review("submit", f"{SHOP}#{pull.number}", "--using=github-app/demo", "--wait")
        _show(pull)
        if not said.once:
            _say("", "Ctrl-C ends this GitHub; the service goes on until `review down`.")
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    return ended


def _pull(hub: FakeGitHub, folder: Path) -> Pull:
    """Open a pull request that has something to find."""
    folder.mkdir()
    git = ["git", "-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]

    def commit(files: dict[str, str], subject: str) -> None:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "--no-verify", "-m", subject], check=True)

    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    commit(BEFORE, "A shop")
    subprocess.run([*git, "checkout", "-q", "-b", "discounts"], check=True)
    commit(AFTER, "Discounts, and labels for parcels")
    hub.add_repository(SHOP, folder)
    return hub.open_pull(SHOP, head="discounts", title="Discounts, and labels for parcels")


def _app(hub: FakeGitHub) -> str:
    """Make a GitHub App that is installed there; return its private key."""
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    hub.app(APP, "prefect-review", public.decode(), installed_on=[SHOP])
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def _review(*arguments: object) -> int:
    """Run the command as a user does, and show that."""
    words = [str(argument) for argument in arguments]
    _say("", f"$ review {shlex.join(words)}")
    return subprocess.run([REVIEW, *words], check=False).returncode


def _show(pull: Pull) -> None:
    """Show what was said on the pull request."""
    for run in pull.repo.check_runs:
        _say("", f"The check run {run.name!r}: {run.status}, {run.conclusion}")
    for thread in pull.threads:
        first = thread.comments[0]
        _say("", f"On {first.path}:{first.original_line}:", first.body)
    for comment in pull.comments:
        _say("", "The summary:", comment.body)


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this is for a person to read


if __name__ == "__main__":
    raise SystemExit(main())
