"""Call our own probes, and read what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tasks.analysers.contract import PYTHON, Target
from tasks.core.finding import Finding
from tasks.core.report import Gap


def probe(name: str, *options: str, files: Sequence[str]) -> list[str]:
    """Return the command line of one of our probes."""
    return [*PYTHON, "-m", f"tasks.probes.{name}", *options, "--", *files]


def pairs(target: Target) -> list[str]:
    """Return every file of the head, each with its state at the base behind it, or nothing."""
    return [path for file in target.files for path in (file, target.before.get(file, ""))]


def said(
    output: str, who: str, finding: Callable[[dict[str, Any]], Finding]
) -> Iterator[Finding | Gap]:
    """Yield the findings of a probe, and the files it could not look at."""
    for item in json.loads(output):
        if "gap" in item:
            yield Gap(who=who, path=item["path"], why=item["gap"])
        else:
            yield finding(item)
