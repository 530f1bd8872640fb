"""A run that the warm parent forks is like one that the stock command starts, only sooner."""

from __future__ import annotations

import os

from tests.deployments.warm.driver import STOCK, WARM, logs_of, state_of


def test_a_run_is_forked_by_the_parent_completes_and_its_log_reaches_the_server(warm):
    first, second = warm.start(), warm.start()

    assert first.ended()[0] == second.ended()[0] == 0
    assert first.said["parent"] == second.said["parent"]
    assert first.said["forked"]
    assert state_of(first.run).state.is_completed()
    assert "the probe is at work" in logs_of(first.run)


def test_a_run_finds_what_it_would_find_under_the_stock_command(warm, tmp_path):
    code = """
import logging, os, signal, sys
said |= {"env": dict(os.environ), "cwd": os.getcwd(), "argv": sys.argv[1:], "path": sys.path}
said |= {"umask": os.umask(0), "stdin": sys.stdin.read()}
handlers = map(signal.getsignal, sorted(signal.valid_signals()))
said |= {"signals": [getattr(handler, "__name__", str(handler)) for handler in handlers]}
said |= {"mask": list(signal.pthread_sigmask(signal.SIG_BLOCK, []))}
logs = [logging.root, *map(logging.getLogger, ("prefect", "prefect.flow_runs"))]
said |= {"logging": [[log.name, log.level, list(map(repr, log.handlers))] for log in logs]}
print("to output")
print("to errors", file=sys.stderr)
"""
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    own = {"ONLY_HERE": "\udcff é\n", "GITHUB_TOKEN": "mine"}
    before = os.umask(0o027)
    both = [warm.start(code, cwd=elsewhere, command=how, **own) for how in (WARM, STOCK)]
    os.umask(before)

    for started in both:
        status, output, errors = started.ended()
        assert (status, output, "to errors" in errors) == (0, "to output\n", True)
        del started.said["pid"], started.said["parent"], started.said["forked"]
        del started.said["env"]["PREFECT__FLOW_RUN_ID"]
    ours, stock = (started.said for started in both)
    assert ours == stock
    assert {name: ours["env"][name] for name in own} == own


def test_a_run_has_the_settings_of_its_folder_and_the_next_one_has_not(warm, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "prefect.toml").write_text("[logging]\nlevel = 'ERROR'\n")
    look = """
import logging
from prefect.settings import PREFECT_LOGGING_LEVEL
said["levels"] = [PREFECT_LOGGING_LEVEL.value(), logging.getLogger("prefect").level]
"""

    assert warm.done(look, cwd=elsewhere)["levels"] == ["ERROR", 40]
    assert warm.done(look)["levels"] == ["INFO", 20]


def test_nothing_that_a_run_changes_is_found_by_the_next(warm):
    look = """
import logging, os, random, sys, signal
import prefect, tasks.home
said |= {"leaks": [hasattr(prefect, "leak"), hasattr(tasks.home, "leak"), "LEAK" in os.environ]}
said |= {"handlers": len(logging.getLogger("prefect").handlers + logging.root.handlers)}
said |= {"random": random.random(), "path": len(sys.path), "alarm": str(signal.getsignal(14))}
"""
    spoil = """
logging.root.addHandler(logging.NullHandler())
logging.getLogger("prefect").addHandler(logging.NullHandler())
prefect.leak = tasks.home.leak = True
os.environ["LEAK"] = "yes"
sys.path.append("/leak")
signal.signal(14, signal.SIG_IGN)
random.seed(1)
"""
    before, after = warm.done(look + spoil), warm.done(look)

    assert before.pop("random") != after.pop("random")
    assert after["leaks"] == [False] * 3
    assert {**before, "pid": 0} == {**after, "pid": 0}
