"""Time how soon the command answers: ``review --help``, and the first line of ``review pr``.

    python -m benchmarks.start [--runs 10]

Each is a process of its own; the first line is timed to when it can be read from standard error.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.change import Change

REVIEW = str(Path(sys.executable).parent / "review")


def main() -> int:
    """Print the smallest, the median and the largest of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        repository = _repository(Path(folder))
        helped, first = [], []
        for _ in range(runs):
            helped.append(_ended([REVIEW, "--help"]))
            first.append(_first_line([REVIEW, "pr", "--repo", repository, "--base", "main"]))
    for name, seconds in (("review --help", helped), ("review pr, first line", first)):
        low, high = min(seconds), max(seconds)
        print(f"{name:24}{low:.2f} / {statistics.median(seconds):.2f} / {high:.2f} s (n={runs})")
    return 0


def _repository(folder: Path) -> str:
    """Make a repository with a small change; the first line does not depend on its size."""
    change = Change(folder)
    change.git("init", "--quiet", "--initial-branch=main")
    for branch, text in (("main", "A project.\n"), ("topic", "A better project.\n")):
        change.git("checkout", "--quiet", "-B", branch)
        (folder / "README").write_text(text, encoding="utf-8")
        change.git("add", "--all")
        change.git("commit", "--quiet", "--message", branch)
    return str(folder)


def _ended(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _first_line(command: Sequence[str]) -> float:
    """Return the seconds until a line came; the command then goes on to its end."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None  # noqa: S101 - PIPE above
        line = process.stderr.readline()
        seconds = time.perf_counter() - started
        process.stderr.read()
    if not line.startswith(b"Reviewing "):
        raise SystemExit(f"the first line was {line!r}")
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
