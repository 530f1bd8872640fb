"""Read and compare what was measured at base and head: import times, and benchmarks.

Formats: https://docs.python.org/3/using/cmdline.html#cmdoption-X and
https://pytest-benchmark.readthedocs.io/en/latest/usage.html (``--benchmark-json``). The code
that was measured may have written them itself.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from statistics import median

from tasks.core.finding import Finding, Severity
from tasks.core.junit import UnreadableError
from tasks.core.render.escape import one_line

IMPORT_GROWTH = 1.2
IMPORT_SECONDS = 0.030
"""Below both, two runs of the same code differ as much on a busy machine."""

BENCHMARK_GROWTH = 1.25

MOST_BYTES = 32 * 1024 * 1024
MOST_FACTS = 20

IMPORTED = re.compile(r"^import time: +\d{1,12} \| +(\d{1,12}) \| ( *)([\w.]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark: its median, and how far its runs lie apart (IQR), in seconds."""

    median: float
    spread: float


def import_seconds(errors: str, module: str) -> float:
    """Return how long a module took to import, with all it imports, as ``-X importtime`` says.

    Raises:
        UnreadableError: it does not say.
    """
    found = [int(time) for time, _, name in IMPORTED.findall(errors) if name == module]
    if not found:
        raise UnreadableError(f"-X importtime says nothing about {module}")
    return found[-1] / 1_000_000


def compared_imports(
    package: str, path: str, base: Sequence[float], head: Sequence[float]
) -> tuple[Finding | None, str]:
    """Return what became of a package's import time, and the fact; both in seconds a run."""
    before, after = median(base), median(head)
    fact = (
        f"import {package}: {before * 1000:.0f} ms at the base, {after * 1000:.0f} ms at the head "
        f"(medians of {len(head)})"
    )
    if after <= before * IMPORT_GROWTH or after - before <= IMPORT_SECONDS:
        return None, fact
    return Finding(
        path=path,
        line=0,
        rule="importtime/slower",
        caused=True,
        severity=Severity.WARNING,
        message=f"importing {package} takes {after * 1000:.0f} ms; it took {before * 1000:.0f} ms",
    ), fact


def read_benchmarks(data: bytes) -> dict[str, Benchmark]:
    """Return the benchmarks of a pytest-benchmark report, by their full name.

    Raises:
        UnreadableError: it is too large, no JSON, or not what pytest-benchmark writes.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        return {
            str(one["fullname"]): Benchmark(
                _seconds(one["stats"]["median"]), _seconds(one["stats"]["iqr"])
            )
            for one in json.loads(data)["benchmarks"]
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(
            f"not what pytest-benchmark writes ({type(error).__name__})"
        ) from error


def _seconds(value: object) -> float:
    if type(value) not in {int, float} or not math.isfinite(value) or value < 0:  # type: ignore[arg-type,operator]
        raise ValueError(value)
    return float(value)  # type: ignore[arg-type]


def compared_benchmarks(
    base: Mapping[str, Benchmark], head: Mapping[str, Benchmark], files: Collection[str]
) -> tuple[list[Finding], list[str]]:
    """Return the benchmarks that became slower beyond their own spread, and a fact on each."""
    findings, facts = [], []
    for name in sorted(head.keys() & base.keys()):
        before, after = base[name], head[name]
        shown = one_line(name, 120)
        facts.append(f"{shown}: {_shown(before.median)} at the base, {_shown(after.median)} now")
        path = PurePosixPath(name.split("::")[0]).as_posix()
        grown = after.median - before.median
        noise = max(before.spread + after.spread, before.median * (BENCHMARK_GROWTH - 1))
        if path in files and grown > noise:
            percent = f" (+{100 * grown / before.median:.0f} %)" if before.median else ""
            findings.append(
                Finding(
                    path=path,
                    line=0,
                    rule="benchmark/slower",
                    caused=True,
                    severity=Severity.WARNING,
                    message=f"{shown.partition('::')[2]} takes {_shown(after.median)}; "
                    f"it took {_shown(before.median)}{percent}",
                )
            )
    if len(facts) > MOST_FACTS:
        facts[MOST_FACTS:] = [f"and {len(facts) - MOST_FACTS} more benchmarks"]
    return findings, facts


def _shown(seconds: float) -> str:
    """Return a time with three digits and a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
