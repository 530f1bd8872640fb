"""Time a review of a change of about 30 Python files, beside the same tools run otherwise.

    python -m benchmarks.speed [--rounds 5] [--hooks FOLDER] [--off TOOL,...]

All in turn, in one run: each round pushes one file, then times the review after the push, the
same once more, all of it without the cache, the tools by hand (``xargs -P2``), and, where FOLDER
has their programs, ``pre-commit`` and ``prek`` with the same tools as local hooks. The server
is the one that ``review`` would use; OSV is off everywhere, because a network is not comparable.
At the end the CPU time of the tools is read from the reports of three reviews in this process.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.by_hand import Cost, calls_of, hook_environment, hooks, run, script, timed
from benchmarks.change import Change, make
from benchmarks.tool_cpu import tool_cpu
from deployments.server import Server

REVIEW = str(Path(sys.executable).parent / "review")
NO_NETWORK = ("osv",)
BY_HAND = "the same tools by hand, `xargs -P2`"
FIRST = "`review pr --no-cache`"
PUSHED = "`review pr` after a one-file push"
AGAIN = "`review pr` once more, unchanged"

FACTOR, PLUS = 1.3, 3
"""What a review without the cache may take: so many times by hand, and so many seconds more."""


def main() -> int:
    """Print the tables of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hooks", type=Path, help="a folder with pre-commit and prek")
    parser.add_argument("--off", default="", metavar="TOOL,...", help="tools to do without")
    said = parser.parse_args()
    Server.of_environment().ensure()
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        bench = Bench(Path(folder), said.hooks, tuple(filter(None, said.off.split(","))))
        print(f"{len(bench.change.python_files)} Python files\n")
        _print_tools(bench.of_each_tool(3))
        costs: dict[str, list[Cost]] = defaultdict(list)
        bench.review()  # what is known before the first push
        for number in range(said.rounds):
            for name, cost in bench.round(number):
                costs[name].append(cost)
        _print_costs(costs)
        _print_cpu(tool_cpu(bench.change, bench.policy))
    return 0


class Bench:
    """One change, its command lines, and the ways to run them."""

    def __init__(self, folder: Path, programs: Path | None, off: Sequence[str] = ()) -> None:
        self.folder = folder
        self.change: Change = make(folder / "repository")
        self.policy = folder / "policy.yaml"
        self.off = (*NO_NETWORK, *off)
        self.policy.write_text(f"off: [{', '.join(self.off)}]\n", encoding="utf-8")
        self.runners = [
            str(path)
            for name in ("pre-commit", "prek")
            if programs and (path := programs / name).exists()
        ]
        self._prepare()

    def _prepare(self) -> None:
        """Write the command lines for the head as it is now."""
        scratch = self.folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        self.calls = list(calls_of(self.change.folder, "main", "HEAD", scratch, self.off))
        self.scripts = [script(call, scratch / "calls", i) for i, call in enumerate(self.calls)]
        self.config = scratch / "hooks.yaml"
        self.config.write_text(hooks(self.calls, self.scripts), encoding="utf-8")

    def of_each_tool(self, times: int) -> dict[str, list[Cost]]:
        """Return what each tool costs, alone on the machine."""
        costs: dict[str, list[Cost]] = defaultdict(list)
        for _ in range(times):
            for call, path in zip(self.calls, self.scripts, strict=True):
                costs[call.analyser.name].append(run([path], self.folder))
        return costs

    def round(self, number: int) -> Iterator[tuple[str, Cost]]:
        """Push one file, and yield what each way to look at the change costs then."""
        self.change.push(number)
        self._prepare()
        yield PUSHED, self.review()
        yield AGAIN, self.review()
        ways: list[tuple[str, Callable[[], Cost]]] = [
            (FIRST, lambda: self.review("--no-cache")),
            (BY_HAND, lambda: run(self.scripts, self.folder)),
        ]
        ways += [
            (f"`{Path(program).name} run --from-ref --to-ref`", partial(self.hooked, program))
            for program in self.runners
        ]
        turn = number % len(ways)  # nobody is always the one after the same other
        for name, way in ways[turn:] + ways[:turn]:
            yield name, way()

    def review(self, *options: str) -> Cost:
        """Run the command as a person would; what its server does is not in its CPU time."""
        where = ("--repo", str(self.change.folder), "--base", "main", "--policy", str(self.policy))
        return timed([REVIEW, "pr", *where, *options], None)

    def hooked(self, program: str) -> Cost:
        """Run the same tools as local hooks over the same change."""
        what = ("--config", str(self.config), "--from-ref", "main", "--to-ref", "HEAD")
        return timed([program, "run", *what], hook_environment(self.folder), cwd=self.change.folder)


def _print_tools(costs: Mapping[str, Sequence[Cost]]) -> None:
    print("| tool | seconds | CPU seconds |\n|---|---|---|")
    rows = [
        (name, _median(c.wall for c in of), _median(c.cpu for c in of))
        for name, of in costs.items()
    ]
    for name, wall, cpu in sorted(rows, key=lambda row: -row[2]):
        print(f"| {name} | {wall:.2f} | {cpu:.2f} |")
    print(f"| all | | {sum(cpu for *_, cpu in rows):.2f} |\n")


def _print_costs(costs: Mapping[str, Sequence[Cost]]) -> None:
    by_hand = _median(cost.wall for cost in costs[BY_HAND])
    print("| what | median s | min - max | x by hand | CPU s | n |\n|---|---|---|---|---|---|")
    for name in sorted(costs, key=lambda n: _median(c.wall for c in costs[n])):
        walls = [cost.wall for cost in costs[name]]
        middle = statistics.median(walls)
        cpu = _median(cost.cpu for cost in costs[name])
        span, ratio = f"{min(walls):.2f} - {max(walls):.2f}", middle / by_hand
        print(f"| {name} | {middle:.2f} | {span} | {ratio:.2f} | {cpu:.2f} | {len(walls)} |")
    pairs = list(zip(costs[FIRST], costs[BY_HAND], strict=True))
    within = sum(first.wall <= FACTOR * hand.wall + PLUS for first, hand in pairs)
    over = _median(first.wall - hand.wall for first, hand in pairs)
    print(
        f"\nwithout the cache: {over:+.2f} s beside by hand in the same round (median); within "
        f"{FACTOR} x by hand + {PLUS} s in {within} of {len(pairs)} rounds\n"
    )


def _print_cpu(costs: Mapping[str, tuple[float, int]]) -> None:
    first = next(iter(costs.values()))[0]
    print(
        "| review | CPU seconds of its tools | of the first | calls of tools |\n|---|---|---|---|"
    )
    for name, (cpu, calls) in costs.items():
        print(f"| {name} | {cpu:.2f} | {cpu / first:.0%} | {calls} |")


def _median(values: Iterator[float]) -> float:
    return statistics.median(list(values))


if __name__ == "__main__":
    raise SystemExit(main())
