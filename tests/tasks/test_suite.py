from __future__ import annotations

import textwrap
import venv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.core.finding import Finding, Severity
from tasks.core.report import Report, Status
from tasks.sandbox import available
from tasks.suite import run_suite
from tests.tasks.projects import git, step_run

pytestmark = pytest.mark.slow

CART = """\
def total(prices):
    result = 0
    for price in prices:
        result += price
    return result
"""

GROWN = (
    CART
    + """\


def discount(prices, rate):
    if rate > 1:
        # more than all of it
        print("a rate is a fraction")
        raise ValueError(rate)
    return total(prices) * (1 - rate)
"""
)

TEST = """\
from cart import total


def test_total():
    assert total([1, 2]) == 3
"""

BASE = {"cart.py": CART, "test_cart.py": TEST}

Review = Callable[..., Report]


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> None:
    assert available() == "", "these tests need the sandbox: install bubblewrap"


@pytest.fixture
def review(tmp_path: Path) -> Review:
    def run(head: dict[str, str], *, base: dict[str, str] = BASE, **options: object) -> Report:
        with step_run(tmp_path, base, head, **options) as step:  # type: ignore[arg-type]
            report = run_suite(step)
            left = [path.name for path in Path(step.change.scratch).glob("room-*")]
            assert left == [], "what the author's code leaves is removed"
            return report

    return run


def gaps(report: Report) -> list[str]:
    return [str(gap) for gap in report.gaps]


def test_a_change_whose_tests_pass_and_cover_it_is_clean(review: Review) -> None:
    test = TEST + "\n\ndef test_discount():\n    assert discount([2], 0.5) == 1\n"
    head = {
        "cart.py": CART + "\n\ndef discount(prices, rate):\n    return total(prices) * rate\n",
        "test_cart.py": test.replace("import total", "import discount, total"),
    }
    report = review(head)
    assert (report.status, report.findings, report.gaps) == (Status.CLEAN, (), ())
    assert report.facts[0].startswith("2 tests passed in ")
    assert report.facts[1:] == ("changed lines covered: 100 % (2 of 2, threshold 80 %)",)
    [used] = report.used
    assert used.cpu_seconds > 0.1
    assert used.peak_bytes > 10_000_000
    assert used.calls == 3


def test_changed_lines_no_test_executes_are_named_where_there_are_too_many(review: Review) -> None:
    report = review({**BASE, "cart.py": GROWN})
    known = {"path": "cart.py", "rule": "coverage/uncovered", "severity": Severity.WARNING}
    assert report.findings == (
        Finding(line=9, end_line=13, message="no test executes these lines", **known),
    )
    assert report.facts[1] == "changed lines covered: 20 % (1 of 5, threshold 80 %)"


def test_enough_coverage_is_a_fact(review: Review) -> None:
    report = review({**BASE, "cart.py": GROWN}, threshold=20)
    assert report.status is Status.CLEAN
    assert report.facts[1] == "changed lines covered: 20 % (1 of 5, threshold 20 %)"


def test_a_changed_file_that_no_test_imports_is_not_covered(review: Review) -> None:
    report = review({**BASE, "shop/deep/other.py": "def more():\n    return 1\n"})
    assert [(one.path, one.lines) for one in report.findings] == [
        ("shop/deep/other.py", range(1, 3))
    ]


def test_the_projects_own_settings_cannot_leave_out_what_it_adds(review: Review) -> None:
    settings = "[run]\nomit = *\nsource = nothing\n[report]\nexclude_lines = .*\n"
    report = review({**BASE, "cart.py": GROWN, ".coveragerc": settings})
    assert [one.rule for one in report.findings] == ["coverage/uncovered"]


def test_a_failing_test_is_an_error_where_it_failed(review: Review) -> None:
    report = review({**BASE, "cart.py": CART.replace("return result", "return result + 1")})
    assert report.findings == (
        Finding(
            path="test_cart.py",
            line=5,
            rule="pytest/failed",
            severity=Severity.ERROR,
            message="test_total: assert 4 == 3",
            caused=True,
        ),
    )
    assert report.status is Status.FINDINGS
    assert report.facts[0].startswith("1 test failed in ")


def test_a_test_that_failed_before_is_not_blamed_on_the_change(review: Review) -> None:
    old = {**BASE, "test_cart.py": TEST + "\n\ndef test_old():\n    assert False\n"}
    report = review({**old, "cart.py": CART.replace("return result", "return -1")}, base=old)
    assert [(one.line, one.caused) for one in report.findings] == [(5, True), (9, False)]
    assert report.findings[1].message.endswith("(it did not pass at the base either)")


def test_a_base_whose_tests_cannot_run_excuses_nothing(review: Review) -> None:
    broken = {**BASE, "conftest.py": "raise SystemError\n"}
    failing = {"cart.py": CART.replace("return result", "return -1"), "test_cart.py": TEST}
    assert [one.caused for one in review(failing, base=broken).findings] == [True]


def test_a_base_that_left_nothing_excuses_nothing(review: Review) -> None:
    gone = {**BASE, "cart.py": "import os\nos._exit(0)\n"}
    failing = {"cart.py": CART.replace("return result", "return -1"), "test_cart.py": TEST}
    assert [one.caused for one in review(failing, base=gone).findings] == [True]


def test_one_file_that_cannot_be_imported_does_not_keep_the_others_from_running(
    review: Review,
) -> None:
    report = review({**BASE, "test_new.py": "from cart import nothing\n"})
    [finding] = report.findings
    assert (finding.path, finding.rule) == ("test_new.py", "pytest/error")
    assert "cannot import name 'nothing'" in finding.message
    assert report.facts[0].startswith("1 test passed, 1 ended in an error in ")


def test_a_module_the_environment_lacks_is_a_gap_and_no_blame(review: Review) -> None:
    report = review({**BASE, "test_new.py": "import surely_not_installed\n"})
    assert report.findings == ()
    [gap] = report.gaps
    assert gap.path == "test_new.py"
    assert gap.why == "the environment has no module surely_not_installed: install it there"


def test_no_tests_at_all_is_a_fact_and_nothing_is_covered(review: Review) -> None:
    report = review({"cart.py": GROWN}, base={"cart.py": CART})
    assert report.facts[0].startswith("0 tests ran in ")
    assert [one.rule for one in report.findings] == ["coverage/uncovered"]
    assert report.gaps == ()


def test_sources_below_src_are_found_and_not_the_installed_ones(review: Review) -> None:
    """The tests' own environment has a package ``yaml``: the tree's comes first."""
    package = {"src/yaml/__init__.py": "def here():\n    return 1\n"}
    test = "import yaml\n\n\ndef test_here():\n    assert yaml.here() == 1\n"
    report = review({**package, "tests/test_yaml.py": test}, base={})
    assert report.status is Status.CLEAN
    assert report.facts[1] == "changed lines covered: 100 % (2 of 2, threshold 80 %)"


def test_a_command_of_the_policy_replaces_the_arguments(review: Review) -> None:
    report = review({**BASE, "test_other.py": TEST}, command=("-k", "total", "test_other.py"))
    assert report.facts[0].startswith("1 test passed in ")


def test_wrong_arguments_are_a_gap_with_the_words_of_pytest(review: Review) -> None:
    report = review({**BASE, "cart.py": GROWN}, command=("--no-such-option",))
    assert report.status is Status.DID_NOT_LOOK
    assert "pytest ended with 4" in report.reason
    assert "--no-such-option" in report.reason
    assert report.findings == ()


def test_tests_that_do_not_end_are_a_gap_at_the_deadline(review: Review) -> None:
    test = "import time\n\n\ndef test_long():\n    time.sleep(100)\n"
    report = review({"test_long.py": test}, seconds=3)
    assert report.status is Status.DID_NOT_LOOK
    assert "at their deadline" in report.reason


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        ("import os; os._exit(77)", "pytest ended with 77"),
        ("import os; os._exit(0)", "left no junit.xml"),
        ("import pytest; pytest.exit('enough')", "pytest ended with 2, it was interrupted"),
    ],
)
def test_a_run_that_did_not_end_well_has_not_looked(review: Review, body: str, why: str) -> None:
    report = review({"test_it.py": f"def test_it():\n    {body}\n"})
    assert report.status is Status.DID_NOT_LOOK
    assert why in report.reason
    assert not any("covered" in fact for fact in report.facts) or report.gaps


FORGER = """\
import atexit, os


def forge():
    {code}
    os._exit(0)


def test_it():
    atexit.register(forge)
    assert True
"""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("os.remove('/result/junit.xml')", "left no junit.xml"),
        ("open('/result/junit.xml', 'w').write('<!DOCTYPE a><testsuite/>')", "document type"),
    ],
)
def test_forged_results_are_a_gap(review: Review, code: str, why: str) -> None:
    report = review({"test_it.py": FORGER.format(code=code)})
    assert report.status is Status.DID_NOT_LOOK
    assert why in report.reason


def test_a_success_that_its_own_results_deny_is_a_gap(review: Review) -> None:
    hook = "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
    failing = TEST.replace("== 3", "== 4")
    report = review({**BASE, "conftest.py": hook, "test_cart.py": failing})
    assert "it ended with 0, but 1 tests did not pass" in report.reason


def test_a_forged_coverage_file_is_a_gap(review: Review) -> None:
    code = "[os.remove('/result/' + n) for n in os.listdir('/result') if 'coverage' in n]"
    report = review({**BASE, "cart.py": GROWN, "test_it.py": FORGER.format(code=code)})
    assert "coverage: its report cannot be read" in report.reason


@pytest.mark.parametrize("more", [{}, {"cart.py": CART + "\n\nNAME = 'cart'\n"}])
def test_a_path_that_is_a_pattern_to_coverage_is_named_as_not_looked_at(
    review: Review, more: dict[str, str]
) -> None:
    report = review({**BASE, "a[b].py": "x = 1\n", **more})
    assert gaps(report) == ["coverage did not look at a[b].py: its report says nothing about it"]


def test_the_tests_run_without_network_environment_and_home(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_TOKEN_OF_TEST", "secret")
    test = f"""
    import os, pathlib, socket, pytest

    def test_it():
        assert "REVIEW_TOKEN_OF_TEST" not in os.environ
        assert os.getcwd() == "/review"
        assert not pathlib.Path({str(Path.home())!r}, ".profile").exists()
        with pytest.raises(OSError):
            socket.create_connection(("192.0.2.1", 80), 2)
    """
    report = review({"test_it.py": textwrap.dedent(test)})
    assert report.status is Status.CLEAN, report


LITTER = """\
import os


def test_it():
    for _ in range(3000):
        os.mkdir("deep")
        os.chdir("deep")
    os.mkdir("/review/closed")
    open("/review/closed/file", "w")
    os.chmod("/review/closed", 0)
    os.symlink("/usr", "/review/system")
"""


def test_whatever_it_leaves_is_removed(review: Review) -> None:
    assert review({"test_it.py": LITTER}).status is Status.CLEAN


def test_a_review_that_is_stopped_says_so(tmp_path: Path) -> None:
    with step_run(tmp_path, BASE, {**BASE, "cart.py": GROWN}) as step:
        step.stop.set()
        assert run_suite(step).reason.endswith("the review was stopped")


def test_without_the_sandbox_by_the_operators_word_it_runs_all_the_same(review: Review) -> None:
    test = TEST + "\n\ndef test_place():\n    import os\n    assert os.getcwd() != '/review'\n"
    report = review({**BASE, "cart.py": GROWN, "test_cart.py": test}, sandbox="none")
    assert report.facts[0].startswith("2 tests passed in ")
    assert [one.rule for one in report.findings] == ["coverage/uncovered"]


@pytest.mark.parametrize(
    ("python", "why"),
    [
        ("", "the project's environment was not found"),
        ("/no/such/python", "cannot be started"),
        ("python", "cannot be started"),
        ("/usr/bin/env", "does not start"),
        ("/usr/bin/true", "does not start"),
    ],
)
def test_without_an_environment_it_says_what_to_do(review: Review, python: str, why: str) -> None:
    report = review(BASE, python=python)
    assert report.status is Status.DID_NOT_LOOK
    assert why in report.reason


def test_an_environment_without_pytest_says_what_to_install(review: Review, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    report = review(BASE, python=str(tmp_path / "bare" / "bin" / "python"))
    assert "has no pytest and no coverage: install it there" in report.reason


def test_what_is_left_out_of_the_tree_is_said(tmp_path: Path) -> None:
    with step_run(tmp_path, {}, BASE) as step:
        checkout = Path(step.change.repository)
        (checkout / "link.py").symlink_to("cart.py")
        git(checkout, "add", "-A")
        tree = git(checkout, "write-tree")
        report = run_suite(replace(step, change=replace(step.change, head_tree=tree)))
    assert "left out of the tree: 1 links or submodules" in report.facts
