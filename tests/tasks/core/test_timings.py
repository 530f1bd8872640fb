from __future__ import annotations

import json

import pytest

from tasks.core import timings
from tasks.core.finding import Finding, Severity
from tasks.core.junit import UnreadableError
from tasks.core.timings import (
    Benchmark,
    compared_benchmarks,
    compared_imports,
    import_seconds,
    read_benchmarks,
)

SAID = """\
import time: self [us] | cumulative | imported package
import time:       120 |        120 |   shop.cart
import time:       300 |        420 | shop
import time:        50 |         50 | other
"""


def test_the_cumulative_time_of_the_package_is_taken() -> None:
    assert import_seconds(SAID, "shop") == pytest.approx(0.00042)


@pytest.mark.parametrize("said", ["", SAID, "import time: x | y | shops", "import time: 1 | 2"])
def test_a_package_it_does_not_mention_has_no_time(said: str) -> None:
    with pytest.raises(UnreadableError, match="nothing about shops"):
        import_seconds(said, "shops")


@pytest.mark.parametrize(
    ("base", "head", "is_slower"),
    [
        ([0.1], [0.1], False),
        ([0.1], [0.05], False),
        ([0.1], [0.129], False),  # 29 ms
        ([1.0], [1.19], False),  # 19 %
        ([1.0], [1.21], True),
        ([0.05], [0.09], True),
        ([0.1, 0.1, 0.1], [0.1, 0.1, 9.0], False),  # one outlier is noise
        ([0.0], [0.04], True),
    ],
)
def test_only_growth_above_the_noise_is_a_finding(
    base: list[float],
    head: list[float],
    is_slower: bool,  # noqa: FBT001 - of a table
) -> None:
    slower, fact = compared_imports("shop", "shop/__init__.py", base, head)
    assert (slower is not None) is is_slower
    assert fact.startswith("import shop: ")


def test_a_slower_import_is_said_with_both_figures() -> None:
    slower, fact = compared_imports("shop", "shop/__init__.py", [0.1], [0.2])
    assert slower == Finding(
        path="shop/__init__.py",
        line=0,
        rule="importtime/slower",
        caused=True,
        severity=Severity.WARNING,
        message="importing shop takes 200 ms; it took 100 ms",
    )
    assert fact == "import shop: 100 ms at the base, 200 ms at the head (medians of 1)"


def written(**stats: object) -> bytes:
    one = {"fullname": "test_b.py::test_it", "stats": {"median": 1.5, "iqr": 0.25, **stats}}
    return json.dumps({"benchmarks": [one]}).encode()


def test_a_benchmark_report_is_read() -> None:
    assert read_benchmarks(b'{"benchmarks": []}') == {}
    assert read_benchmarks(written(iqr=0)) == {"test_b.py::test_it": Benchmark(1.5, 0.0)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"benchmarks": [{}]}',
        b"[" * 200_000,
        written(median="1"),
        written(median=True),
        written(median=-1),
        written(median=float("nan")),
        written(iqr=float("inf")),
        written(iqr=None),
    ],
)
def test_what_pytest_benchmark_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_benchmarks(data)


def test_what_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(UnreadableError, match="larger than 32 MB"):
        read_benchmarks(b" " * (timings.MOST_BYTES + 1))


NAME = "tests/test_b.py::test_it"
FILES = {"tests/test_b.py"}


@pytest.mark.parametrize(
    ("before", "after", "is_slower"),
    [
        (Benchmark(1.0, 0.0), Benchmark(1.0, 0.0), False),
        (Benchmark(1.0, 0.0), Benchmark(0.5, 0.0), False),
        (Benchmark(1.0, 0.0), Benchmark(1.25, 0.0), False),
        (Benchmark(1.0, 0.1), Benchmark(1.3, 0.3), False),  # within its own spread
        (Benchmark(1.0, 0.1), Benchmark(1.3, 0.1), True),
        (Benchmark(0.0, 0.0), Benchmark(0.1, 0.0), True),
    ],
)
def test_only_growth_beyond_its_own_spread_is_a_finding(
    before: Benchmark,
    after: Benchmark,
    is_slower: bool,  # noqa: FBT001 - of a table
) -> None:
    findings, facts = compared_benchmarks({NAME: before}, {NAME: after}, FILES)
    assert bool(findings) is is_slower
    assert len(facts) == 1


def test_a_slower_benchmark_is_said_with_both_figures() -> None:
    findings, facts = compared_benchmarks(
        {NAME: Benchmark(0.002, 0)}, {NAME: Benchmark(0.0031, 0)}, FILES
    )
    assert findings == [
        Finding(
            path="tests/test_b.py",
            line=0,
            rule="benchmark/slower",
            caused=True,
            severity=Severity.WARNING,
            message="test_it takes 3.1 ms; it took 2 ms (+55 %)",
        )
    ]
    assert facts == ["tests/test_b.py::test_it: 2 ms at the base, 3.1 ms now"]


def test_a_benchmark_of_one_side_or_of_no_file_of_the_tree_is_no_finding() -> None:
    quick, slow = Benchmark(1e-9, 0), Benchmark(10.0, 0)
    assert compared_benchmarks({"a::b": quick}, {"c::d": slow}, FILES) == ([], [])
    findings, facts = compared_benchmarks({"a::\x1b": quick}, {"a::\x1b": slow}, FILES)
    assert findings == []
    assert facts == ["a::\\x1b: 1 ns at the base, 10 s now"]


def test_of_many_benchmarks_the_first_are_facts() -> None:
    many = {f"a::{number:03}": Benchmark(1e-5, 0) for number in range(30)}
    facts = compared_benchmarks(many, many, FILES)[1]
    assert len(facts) == timings.MOST_FACTS + 1
    assert facts[-1] == "and 10 more benchmarks"
