"""Count what a review asks of GitHub and time it, with the stand-in and through each of its faults.

    python -m benchmarks.github [--runs 5] [--faults]

It begins with a pull request of 25 findings and ends when all is posted: comments, summary, check
run. What looks for the findings is not timed here. Points are those of the secondary limit:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.tasks.forge.exactly_once import AFTER, FIRST, assert_said, push
from tests.tasks.forge.scene import Scene, scene_of
from tests.tasks.forge.speaker import findings_on, speak

TIMEOUT = 3
"""Seconds until an answer is given up; in earnest it is 30."""

SLOW = 4

FAULTS = (
    ("502", "before"),
    ("502", "after"),
    ("drop", "before"),
    ("drop", "after"),
    ("truncate", "after"),
    ("slow", "after"),
    ("rate_secondary_403", "before"),
    ("rate_secondary_429", "before"),
    ("401", "before"),
    ("422", "before"),
)
WRITES = (
    ("create check run", "POST", r"/check-runs$"),
    ("review", "POST", r"/reviews$"),
    ("summary", "POST", r"/issues/1/comments$"),
    ("complete check run", "PATCH", r"/check-runs/\d+$"),
)


def main() -> int:
    """Print calls, points and seconds of a first review and of one after a push."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--faults", action="store_true", help="go through every fault as well")
    said = parser.parse_args()
    rows: dict[str, list[tuple[int, int, float]]] = {"first review": [], "after a push": []}
    for _ in range(said.runs):
        with pull_request() as scene:
            rows["first review"].append(measured(scene, first))
            push(scene)
            rows["after a push"].append(measured(scene, after))
    print(f"{'':38}calls  points  seconds (smallest / median / largest)")
    for name, found in rows.items():
        calls, points, _ = found[0]
        seconds = sorted(each[2] for each in found)
        times = f"{seconds[0]:.2f} / {statistics.median(seconds):.2f} / {seconds[-1]:.2f}"
        print(f"{name:38}{calls:5}{points:8}  {times}")
    if said.faults:
        through_faults()
    return 0


def through_faults() -> None:
    """Print the same through each fault, at each write of a first review."""
    for how, when in FAULTS:
        for name, method, path in WRITES:
            with pull_request() as scene:
                limit = 2 if how.startswith("rate") else None
                scene.hub.fault(method, path, how=how, when=when, seconds=SLOW, retry_after=limit)
                calls, points, seconds = measured(scene, first)
            print(f"{f'{how} {when}, {name}':44}{calls:5}{points:8}  {seconds:.2f}", flush=True)


def first(scene: Scene) -> None:
    """Say a first review, and look that GitHub has one of everything."""
    speak(scene.connection, scene.head, findings_on(FIRST))
    assert_said(scene, FIRST)


def after(scene: Scene) -> None:
    """Say the review of a push that mends ten and brings three, and look again."""
    speak(scene.connection, scene.head, findings_on(AFTER))
    assert_said(scene, AFTER, heads=2)


def measured(scene: Scene, act: Callable[[Scene], None]) -> tuple[int, int, float]:
    """Return the calls, the points and the seconds that it takes, from a token on."""
    scene.connection.account.renew()
    scene.hub.calls.clear()
    began = time.perf_counter()
    act(scene)
    seconds = time.perf_counter() - began
    calls = [call for call in scene.hub.calls if call.kind != "git"]
    return len(calls), sum(call.points for call in calls), seconds


@contextmanager
def pull_request() -> Iterator[Scene]:
    """Open a pull request on a GitHub of its own."""
    with tempfile.TemporaryDirectory() as folder, FakeGitHub() as hub:
        repository = Repo(Path(folder) / "shop", _environment(Path(folder)), Path(folder))
        repository.folder.mkdir()
        repository.git("init", "-q", "-b", "main")
        scene = scene_of(hub, repository, timeout=TIMEOUT)
        with scene.connection:
            yield scene


def _environment(folder: Path) -> dict[str, str]:
    """Return git's environment: without the settings of whoever runs this."""
    path = os.environ["PATH"]
    return {"PATH": path, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    raise SystemExit(main())
