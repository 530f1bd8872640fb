"""Time `review pr OWNER/REPO#N --publish` as a whole, and count what it asks of GitHub.

    python -m benchmarks.pull_request [--runs 5] [--faults]

The command runs as a process of its own, as an App, against the stand-in for GitHub; the local
Prefect server is there already. Each pull request has 25 findings; a push then mends ten of them
and brings three. Nothing is kept between pull requests but the server.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployments.server import Server
from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.state import Pull
from tests.tasks.forge.scene import _keys

REVIEW = Path(sys.executable).parent / "review"
SHOP = "acme/shop"
MODULES = [f"module_{number:02}" for number in range(25)]
REVIEWED = {0, 1, 3}
"""Exit codes of a review that was made."""

FAULTS = (
    ("502", "before"),
    ("502", "after"),
    ("drop", "before"),
    ("drop", "after"),
    ("truncate", "after"),
    ("rate_secondary_403", "before"),
    ("rate_secondary_429", "before"),
    ("401", "before"),
    ("422", "before"),
)
WRITES = (
    ("queue the check run", "POST", r"/check-runs$"),
    ("review", "POST", r"/reviews$"),
    ("summary", "POST", r"/issues/1/comments$"),
    ("complete the check run", "PATCH", r"/check-runs/\d+$"),
)


def main() -> int:
    """Print calls, points and seconds of a first review, of one after a push, and of the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--faults", action="store_true", help="go through every fault as well")
    said = parser.parse_args()
    rows: dict[str, list[tuple[int, int, float]]] = {}
    with data_folder() as home:
        for _ in range(said.runs):
            with pull_request(home) as (hub, repo, pull):
                note(rows, "first review", hub, home)
                repo.commit({"app.py": source(MODULES[10:], ["ast", "cgi", "csv"])})
                note(rows, "after a push", hub, home)
                note(rows, "the same again", hub, home)
                assert_once(pull, reviews=2)
        print(f"{'':44}calls  points  seconds (smallest / median / largest)")
        for name, found in rows.items():
            calls, points, _ = found[-1]
            seconds = sorted(each[2] for each in found)
            times = f"{seconds[0]:.2f} / {statistics.median(seconds):.2f} / {seconds[-1]:.2f}"
            print(f"{name:44}{calls:5}{points:8}  {times}")
        for how, when in FAULTS if said.faults else ():
            for name, method, path in WRITES:
                with pull_request(home) as (hub, _, pull):
                    limit = 2 if how.startswith("rate") else None
                    hub.fault(method, path, how=how, when=when, retry_after=limit)
                    calls, points, seconds_ = measured(hub, home)
                    assert_once(pull, reviews=1)
                about = f"{how} {when}, {name}"
                print(f"{about:44}{calls:5}{points:8}  {seconds_:.2f}", flush=True)
    return 0


def note(
    rows: dict[str, list[tuple[int, int, float]]], name: str, hub: FakeGitHub, home: Path
) -> None:
    """Measure a review, and write it down under its name."""
    rows.setdefault(name, []).append(measured(hub, home))


def measured(hub: FakeGitHub, home: Path) -> tuple[int, int, float]:
    """Return the calls, the points and the seconds of the command, from its start to its end."""
    hub.calls.clear()
    began = time.perf_counter()
    review(home, hub, "pr", f"{SHOP}#1", "--publish", "--quiet", "--using", "github-app/benchmark")
    seconds = time.perf_counter() - began
    calls = [call for call in hub.calls if call.kind != "git"]
    return len(calls), sum(call.points for call in calls), seconds


def review(home: Path, hub: FakeGitHub, *arguments: str) -> None:
    """Run the command; stop everything where it could not do what it was asked."""
    kept = {
        n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW", "GITHUB"))
    }
    done = subprocess.run(
        [REVIEW, *arguments],
        env={**kept, "REVIEW_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in REVIEWED:
        raise SystemExit(f"{' '.join(arguments)} at {hub.web_url}: {done.stderr}")


def assert_once(pull: Pull, *, reviews: int) -> None:
    """Stop everything where GitHub has less than one of everything, or more."""
    heads = {run.head_sha for run in pull.repo.check_runs}
    found = (len(pull.comments), len(pull.reviews), len(pull.repo.check_runs) - len(heads))
    if found != (1, reviews, 0):
        raise SystemExit(f"summaries, reviews, check runs too many: {found}")


def source(unused: list[str], more: list[str] | None = None) -> str:
    """Return a module with an import that nobody uses for each of these names."""
    return '"""A shop."""\n\n' + "".join(f"import {name}\n" for name in [*(more or []), *unused])


@contextmanager
def data_folder() -> Iterator[Path]:
    """Make a data folder with a running server."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.ensure()
        try:
            yield Path(folder)
        finally:
            server.stop()


@contextmanager
def pull_request(home: Path) -> Iterator[tuple[FakeGitHub, Repo, Pull]]:
    """Open a pull request on a GitHub of its own, which our App is installed on."""
    with tempfile.TemporaryDirectory() as folder, FakeGitHub() as hub:
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        repo = Repo(Path(folder) / "shop", environment, Path(folder))
        repo.folder.mkdir()
        repo.git("init", "-q", "-b", "main")
        repo.commit({"app.py": '"""A shop."""\n', ".review.yaml": "off: [typos]\n"})
        repo.git("checkout", "-q", "-b", "feature")
        repo.commit({"app.py": source(MODULES)})
        hub.add_repository(SHOP, repo.folder)
        private, public = _keys()
        hub.app(7, "shop-review", public, installed_on=[SHOP])
        key = Path(folder) / "key.pem"
        key.write_text(private)
        named = ("--id", "7", "--key", str(key), "--name", "benchmark", "--api-url", hub.api_url)
        review(home, hub, "connect", "app", *named)
        yield hub, repo, hub.open_pull(SHOP, head="feature")


if __name__ == "__main__":
    raise SystemExit(main())
