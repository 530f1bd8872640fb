"""There is one warm parent for each code and settings, and a run that finds none starts cold."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.deployments.warm.driver import alive, state_of, wait_until

ROOT = Path(__file__).parents[3]
PACKAGES = ("blocks", "deployments", "flows", "tasks")


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of our code, which Python finds first where PYTHONPATH names it."""
    folder = tmp_path / "copy"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    return folder


def test_what_a_run_reads_on_its_own_needs_no_other_parent_but_settings_do(warm):
    look = "import os; said['all'] = type(folder)(f'/proc/{os.getppid()}/environ').read_text()"
    first, second = warm.done(), warm.done(look, GITHUB_TOKEN="ghp_mine")
    other = warm.done(PREFECT_LOGGING_LEVEL="ERROR")

    assert first["parent"] == second["parent"] != other["parent"]
    assert "ghp_mine" not in second["all"]
    assert "PREFECT_API_URL=" in second["all"]


def test_twenty_at_once_are_all_served_and_the_parent_does_not_grow(warm):
    def resident(pid: int) -> int:
        (line,) = [
            line
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        ]
        return int(line.split()[1])

    parent = warm.done()["parent"]
    before = resident(parent)
    started = [warm.start() for _ in range(20)]

    assert [one.ended(300)[0] for one in started] == [0] * 20
    assert {one.said["parent"] for one in started} == {parent}
    assert len({one.said["pid"] for one in started}) == 20
    assert resident(parent) - before < 4096, "kilobytes after 20 runs"
    assert len(list(Path(f"/proc/{parent}/task").iterdir())) == 1
    wait_until(lambda: len(list(Path(f"/proc/{parent}/fd").iterdir())) < 10)


def test_changed_code_has_a_new_parent_while_the_old_ones_run_goes_on(warm, copy):
    wait = """
import time
import tasks.home
said["file"] = tasks.home.__file__
(folder / "run").write_text(f"{1}")
while not (folder / "go").exists():
    time.sleep(0.05)
"""
    started = warm.start(wait, PYTHONPATH=str(copy))
    warm.until("run")
    with (copy / "tasks" / "home.py").open("a") as file:
        file.write("NEW = True\n")
    new = warm.done("import tasks.home; said['new'] = tasks.home.NEW", PYTHONPATH=str(copy))
    (warm.folder / "go").touch()

    assert started.ended()[0] == 0
    assert started.said["file"] == str(copy / "tasks" / "home.py")
    assert new["new"]
    assert new["parent"] != started.said["parent"]
    wait_until(lambda: not alive(started.said["parent"]))
    assert alive(new["parent"])


def test_an_idle_parent_ends_and_the_next_run_has_a_new_one(warm):
    idle = {"REVIEW_WARM_IDLE_SECONDS": "1"}
    parent = warm.done(**idle)["parent"]
    wait_until(lambda: not alive(parent))

    assert warm.done(**idle)["parent"] != parent


def test_a_parent_that_cannot_start_leaves_the_run_to_prefect_and_that_is_said(warm, copy):
    (copy / "flows" / "pr_review.py").write_text("this is no Python")
    started = warm.start(PYTHONPATH=str(copy))
    status, _, errors = started.ended()

    assert status == 0
    assert state_of(started.run).state.is_completed()
    assert "warm start: no warm parent (it ended before it answered; see" in errors
    assert "SyntaxError" in (warm.server.folder / "warm" / "parent.log").read_text()


def test_a_parent_that_hangs_is_given_up_and_replaced(warm):
    soon = {"REVIEW_WARM_PATIENCE_SECONDS": "20"}
    parent = warm.done(**soon)["parent"]
    os.kill(parent, signal.SIGSTOP)
    started = warm.start(**soon)
    status, _, errors = started.ended()

    assert status == 0
    assert "(it did not answer in 20 s)" in errors
    assert warm.done(**soon)["parent"] != parent
    os.kill(parent, signal.SIGCONT)
    wait_until(lambda: not alive(parent))
    assert state_of(started.run).run_count == 1


def test_a_folder_that_others_can_use_is_not_used(warm, tmp_path):
    (tmp_path / "home" / "warm").mkdir(parents=True)
    (tmp_path / "home" / "warm").chmod(0o755)
    started = warm.start(REVIEW_HOME=str(tmp_path / "home"))
    status, _, errors = started.ended()

    assert status == 0
    assert "can be used by others; make it a folder of mode 700" in errors
