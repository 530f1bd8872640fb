"""There is one warm parent for each code and settings, and a run that finds none starts cold."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from deployments.warm import end_all
from tests.deployments.warm.driver import alive, state_of, wait_until

WAIT = """
import time
import tasks.home
said["file"] = tasks.home.__file__
(folder / "run").write_text(f"{1}")
while not (folder / "go").exists():
    time.sleep(0.05)
"""


def test_what_a_run_reads_on_its_own_needs_no_other_parent_but_settings_do(warm):
    look = "import os; said['all'] = type(folder)(f'/proc/{os.getppid()}/environ').read_text()"
    first, second = warm.done(), warm.done(look, GITHUB_TOKEN="ghp_mine")
    other = warm.done(REVIEW_WARM_IDLE_SECONDS="1")

    assert first["parent"] == second["parent"] != other["parent"]
    assert "ghp_mine" not in second["all"]
    assert "PREFECT_API_URL=" in second["all"]
    wait_until(lambda: not alive(other["parent"]))  # it has been idle for long enough
    assert alive(first["parent"])


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
    started = warm.start(WAIT, PYTHONPATH=str(copy))
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


def test_all_parents_of_a_data_folder_end_but_the_runs_that_are_at_work_do_not(warm, tmp_path):
    home = tmp_path / "a home of its own"
    assert end_all(home) == 0
    idle = warm.start(REVIEW_HOME=str(home), REVIEW_WARM_IDLE_SECONDS="600")
    started = warm.start(WAIT, REVIEW_HOME=str(home))
    warm.until("run")
    idle.ended()

    assert alive(idle.said["parent"])
    assert (end_all(home), end_all(home)) == (2, 0)
    wait_until(lambda: not alive(idle.said["parent"]))
    (warm.folder / "go").touch()
    assert started.ended()[0] == 0
    assert started.said["forked"]
    wait_until(lambda: not alive(started.said["parent"]))


THREAD = """
import threading, time
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
"""


@pytest.mark.parametrize(
    ("more", "why"),
    [("this is no Python", "SyntaxError"), (THREAD, "2 threads: no fork is safe")],
    ids=["cannot be imported", "has a second thread"],
)
def test_a_parent_that_cannot_serve_leaves_the_run_to_prefect_and_that_is_said(
    warm, copy, tmp_path, more, why
):
    with (copy / "tasks" / "process.py").open("a") as file:  # the flow does not import it
        file.write(more)
    home = tmp_path / "home"
    started = warm.start(PYTHONPATH=str(copy), REVIEW_HOME=str(home))
    status, _, errors = started.ended()

    assert status == 0
    assert state_of(started.run).state.is_completed()
    assert "warm start: no warm parent (it ended before it answered; see" in errors
    assert why in (home / "warm" / "parent.log").read_text()


def test_a_parent_that_hangs_is_given_up_and_replaced(warm):
    parent = warm.done()["parent"]
    os.kill(parent, signal.SIGSTOP)
    try:
        started = warm.start(REVIEW_WARM_PATIENCE_SECONDS="3")
        status, _, errors = started.ended()
        later = warm.done()
    finally:
        os.kill(parent, signal.SIGCONT)

    assert status == 0
    assert "(it did not answer in 3 s)" in errors
    assert later["parent"] != parent
    wait_until(lambda: not alive(parent))
    assert state_of(started.run).run_count == 1


def test_a_folder_that_others_can_use_is_not_used(warm, tmp_path):
    (tmp_path / "home" / "warm").mkdir(parents=True)
    (tmp_path / "home" / "warm").chmod(0o755)
    started = warm.start(REVIEW_HOME=str(tmp_path / "home"))
    status, _, errors = started.ended()

    assert status == 0
    assert "can be used by others; make it a folder of mode 700" in errors
