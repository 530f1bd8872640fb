from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.measure import Measured, changed_packages, measure_performance
from tasks.sandbox import available
from tests.tasks.projects import step_run

pytestmark = pytest.mark.slow

Measure = Callable[..., Measured]

NO_BENCHMARKS = "benchmarks: none to compare (no test asks for pytest-benchmark's fixture)"

QUICK = {"shop/__init__.py": "PRICE = 1\n", "README.md": "a shop\n"}


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> None:
    assert available() == "", "these tests need the sandbox: install bubblewrap"


@pytest.fixture
def measure(tmp_path: Path) -> Measure:
    def run(head: dict[str, str], *, base: dict[str, str] = QUICK, **options: object) -> Measured:
        with step_run(tmp_path, base, head, **options) as step:  # type: ignore[arg-type]
            return measure_performance(step)

    return run


@pytest.mark.parametrize(
    ("paths", "packages"),
    [
        ([], {}),
        (["README.md", "setup.py", "src/script.py", "shop/data.json"], {}),
        (["tests/test_a.py", "shop/test_a.py", "src/tests/a.py", "no-name/a.py"], {}),
        (["shop/a.py", "shop/deep/b.py"], {"shop": "shop/__init__.py"}),
        (["src/shop/a.py"], {"shop": "src/shop/__init__.py"}),
        (
            ["one/a.py", "src/two/__init__.py"],
            {"one": "one/__init__.py", "two": "src/two/__init__.py"},
        ),
    ],
)
def test_the_changed_packages_are_named_with_their_file(
    paths: list[str], packages: dict[str, str]
) -> None:
    files = tuple(ChangedFile(path=path, kind=Kind.MODIFIED) for path in paths)
    assert changed_packages(ChangeSet("t", "b", "h", files)) == packages


def test_a_change_without_python_runs_nothing(measure: Measure) -> None:
    assert measure({**QUICK, "README.md": "another shop\n"}) == (
        [],
        [],
        ["import times and benchmarks were not measured: no Python changed"],
        [],
    )


def test_an_import_that_takes_as_long_is_a_fact(measure: Measure) -> None:
    findings, gaps, facts, used = measure({**QUICK, "shop/__init__.py": "PRICE = 2\n"})
    assert (findings, gaps) == ([], [])
    assert facts[0].startswith("import shop: ")
    assert facts[0].endswith("(medians of 5)")
    assert facts[1:] == [NO_BENCHMARKS]
    assert (used[0].calls, used[0].cpu_seconds > 0) == (12, True)


def test_an_import_that_became_slower_is_a_finding(measure: Measure) -> None:
    slow = "import time\n\ntime.sleep(0.2)\n"
    head = {**QUICK, "shop/cart.py": slow, "shop/__init__.py": "from . import cart\n"}
    findings, _, facts, _ = measure(head)
    assert [(one.path, one.rule) for one in findings] == [("shop/__init__.py", "importtime/slower")]
    assert facts[0].startswith("import shop: ")


@pytest.mark.parametrize(
    ("base", "head", "why"),
    [
        ({}, QUICK, "not measured, it is no package at the base"),
        (QUICK, {"shop/a.py": "x = 1\n"}, "not measured, it is no package at the head"),
        (
            QUICK,
            {"shop/__init__.py": "import surely_not_installed\n"},
            "it cannot be imported at the head: ModuleNotFoundError",
        ),
        (QUICK, {"shop/__init__.py": "import os; os._exit(0)\n"}, "says nothing about shop"),
    ],
)
def test_what_cannot_be_imported_is_not_measured(
    measure: Measure, base: dict[str, str], head: dict[str, str], why: str
) -> None:
    findings, gaps, facts, _ = measure(head, base=base)
    assert (findings, gaps) == ([], [])
    assert why in facts[0]


@pytest.mark.parametrize(("seconds", "why"), [(0, "no time was left"), (3, "it was ended after")])
def test_without_time_nothing_is_guessed(measure: Measure, seconds: float, why: str) -> None:
    endless = {"shop/__init__.py": "while True: pass\n"}
    findings, gaps, facts, _ = measure(endless, seconds=seconds)
    assert (findings, gaps) == ([], [])
    assert why in facts[0]


def test_without_an_environment_it_says_why(measure: Measure) -> None:
    assert "the project's environment was not found" in measure(QUICK, base={}, python="")[2][0]


BENCHMARK = """\
from shop import price


def test_price(benchmark):
    benchmark(price)
"""


def test_benchmarks_need_the_plugin_in_the_projects_environment(measure: Measure) -> None:
    tree = {"shop/__init__.py": "def price():\n    pass\n", "tests/test_price.py": BENCHMARK}
    assert importlib.util.find_spec("pytest_benchmark") is None, "it is not one of our tools"
    facts = measure({**tree, "shop/a.py": ""}, base=tree)[2]
    assert facts[1:] == ["benchmarks: not measured, the environment has no pytest-benchmark"]


PLUGIN = """\
import json, pathlib, time

import pytest


def pytest_addoption(parser):
    parser.addoption("--benchmark-only", action="store_true")
    parser.addoption("--benchmark-json")


@pytest.fixture
def benchmark(request):
    def run(function):
        began = time.perf_counter()
        function()
        took = time.perf_counter() - began
        one = {"fullname": request.node.nodeid, "stats": {"median": took, "iqr": 0.0}}
        path = request.config.getoption("--benchmark-json")
        pathlib.Path(path).write_text(json.dumps({"benchmarks": [one]}))
    return run
"""


@pytest.fixture
def environment(tmp_path: Path) -> str:
    """An environment with a plugin that speaks as pytest-benchmark does, and measures once."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [packages] = folder.glob("lib/python3*/site-packages")
    for name in ("pytest", "_pytest", "pluggy", "iniconfig", "coverage", "packaging", "pygments"):
        [source] = importlib.util.find_spec(name).submodule_search_locations  # type: ignore[union-attr,misc]
        subprocess.run(["cp", "-r", source, packages / name], check=True)
    subprocess.run(["cp", importlib.util.find_spec("py").origin, packages], check=True)  # type: ignore[union-attr,list-item]
    (packages / "pytest_benchmark.py").write_text(PLUGIN)
    about = packages / "pytest_benchmark-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pytest-benchmark\nVersion: 0\n")
    (about / "entry_points.txt").write_text("[pytest11]\nbenchmark = pytest_benchmark\n")
    return str(folder / "bin" / "python")


def test_a_benchmark_that_became_slower_is_a_finding(measure: Measure, environment: str) -> None:
    code = "import time\n\n\ndef price():\n    time.sleep({})\n"
    tree = {"tests/test_price.py": BENCHMARK}
    findings, gaps, facts, _ = measure(
        {**tree, "shop/__init__.py": code.format(0.2)},
        base={**tree, "shop/__init__.py": code.format(0.02)},
        python=environment,
    )
    assert gaps == []
    assert [(one.path, one.rule) for one in findings] == [
        ("tests/test_price.py", "benchmark/slower")
    ], facts
    assert facts[1].startswith("tests/test_price.py::test_price: 2")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os\nos._exit(9)\n", "pytest ended with 9"),
        ("price = print\nimport os\nos.environ.clear()\nos._exit(0)\n", "left no benchmark.json"),
    ],
)
def test_benchmarks_that_do_not_end_well_are_not_measured(
    measure: Measure, environment: str, code: str, why: str
) -> None:
    tree = {"tests/test_price.py": BENCHMARK, "shop.py": "def price():\n    pass\n"}
    facts = measure({**tree, "shop.py": code}, base=tree, python=environment)[2]
    assert why in facts[-1]
