"""A run ends as it would have under the stock command, and nothing of it works on."""

from __future__ import annotations

import os
import signal

from deployments.warm.client import LOST
from tests.deployments.warm.driver import STOCK, WARM, alive, parent_of, state_of, wait_until

ENDINGS = (
    "",
    "raise SystemExit(3)",
    "raise ValueError",
    "import os; os._exit(7)",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
    "import os; os.abort()",
)


def test_every_exit_status_is_that_of_the_stock_command(warm):
    stock = [warm.start(code, command=STOCK) for code in ENDINGS]
    ours = [warm.start(code) for code in ENDINGS]

    assert [one.ended()[0] for one in ours] == [one.ended()[0] for one in stock]
    states = [[state_of(one.run).state.name for one in some] for some in (ours, stock)]
    assert states[0] == states[1]


TOOL = """
import os
from tasks.process import bare_environment, run
tool = "echo $$ > tool.part; mv tool.part tool; sleep 600"
(folder / "run.part").write_text(str(os.getpid()))
(folder / "run.part").rename(folder / "run")
run(["sh", "-c", tool], cwd=str(folder), env=bare_environment("/tmp"), seconds=600)
"""


def test_a_signal_to_the_client_ends_the_run_and_its_tools(warm):
    started = warm.start(TOOL)
    tool, run = warm.until("tool"), warm.until("run")
    started.process.terminate()

    assert started.ended()[0] == -signal.SIGTERM
    assert not alive(run)
    wait_until(lambda: not alive(tool), 10)


def test_a_killed_client_takes_the_run_and_its_tools_along(warm):
    started = warm.start(TOOL)
    tool, run = warm.until("tool"), warm.until("run")
    started.process.kill()
    started.process.communicate()

    wait_until(lambda: not alive(run) and not alive(tool), 10)


def test_a_killed_run_takes_its_tools_along(warm):
    started = warm.start(TOOL)
    tool, run = warm.until("tool"), warm.until("run")
    os.kill(run, signal.SIGKILL)

    assert started.ended()[0] == -signal.SIGKILL
    wait_until(lambda: not alive(tool), 10)


DAEMON = """
import os
from tasks.process import bare_environment, run
tool = "(setsid sleep 600 & echo $! > tool.part); mv tool.part tool; sleep 600"
(folder / "run.part").write_text(str(os.getpid()))
(folder / "run.part").rename(folder / "run")
run(["sh", "-c", tool], cwd=str(folder), env=bare_environment("/tmp"), seconds=600)
"""


def test_what_a_tool_has_in_the_background_lives_as_long_as_its_own_run(warm):
    started = warm.start(DAEMON)
    daemon, run = warm.until("tool"), warm.until("run")
    wait_until(lambda: parent_of(daemon) == parent_of(run))
    other = warm.start("import os; os.kill(os.getpid(), 9)")

    assert other.ended()[0] == -signal.SIGKILL
    warm.done()
    assert alive(daemon)
    os.kill(run, signal.SIGKILL)
    started.ended()
    wait_until(lambda: not alive(daemon), 10)


SLOW = """
import time
(folder / "run.part").write_text(f"{os.getpid()}")
(folder / "run.part").rename(folder / "run")
while not (folder / "go").exists():
    time.sleep(0.05)
"""


def test_a_run_whose_parent_is_killed_ends_well_and_the_next_has_a_new_parent(warm):
    started = warm.start("import os" + SLOW)
    parent = parent_of(warm.until("run"))
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: not alive(parent))
    later = warm.done()
    (warm.folder / "go").touch()

    assert started.ended()[0] == 0
    assert state_of(started.run).state.is_completed()
    assert later["parent"] != parent


def test_runs_without_a_parent_still_hear_their_clients_and_die_with_them(warm):
    runs, started = [], []
    for _ in range(2):
        started.append(warm.start("import os" + SLOW))
        runs.append(warm.until("run"))
        (warm.folder / "run").unlink()
    parent = parent_of(runs[0])
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: not alive(parent))
    started[0].process.terminate()
    started[1].process.kill()
    status, _, errors = started[0].ended()

    assert (status, "the run and its warm parent were killed" in errors) == (LOST, True)
    assert started[1].ended()[0] == -signal.SIGKILL
    wait_until(lambda: not any(map(alive, runs)), 10)


def test_a_signal_that_the_client_ignores_does_not_end_the_run(warm):
    started = warm.start("import os" + SLOW, command=["nohup", *WARM])
    warm.until("run")
    started.process.send_signal(signal.SIGHUP)
    (warm.folder / "go").touch()

    assert started.ended()[0] == 0
    assert started.said["forked"]
    assert state_of(started.run).state.is_completed()
