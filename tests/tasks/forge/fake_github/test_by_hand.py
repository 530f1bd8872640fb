"""The fake GitHub as a program, for demonstrations."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.tasks.forge.fake_github.conftest import SHOP
from tests.tasks.forge.fake_github.receiver import listening

ROOT = Path(__file__).parents[4]


def test_it_runs_until_it_is_interrupted_and_says_how_to_talk_to_it(finished, tmp_path):
    folder = tmp_path / "shop"
    subprocess.run(["git", "clone", "-q", "--mirror", finished, folder], check=True)
    command = [sys.executable, "-m", "tests.fake_github", "--repository", f"{SHOP}={folder}"]
    command += ["--pull", f"{SHOP}:feature"]
    with (
        listening() as receiver,
        subprocess.Popen(
            [*command, "--hook", receiver.url, "--secret", "s"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        ) as program,
    ):
        said = dict(program.stdout.readline().strip().split(": ", 1) for _ in range(7))
        headers = {"Authorization": f"Bearer {said['token of ci-bot']}"}
        url = f"{said['API'].strip()}/repos/{SHOP}/pulls/1"
        assert httpx.get(url, headers=headers).json()["changed_files"] == 3
        subprocess.run(["git", "-C", folder, "branch", "-D", "feature"], check=True)
        receiver.wait_for(3)
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 0
    assert said["pull request of feature"] == f"{SHOP}#1"
    assert said["webhooks"] == receiver.url
    assert [json.loads(body).get("action") for _, body in receiver.got] == [
        None, "opened", "closed",
    ]  # fmt: skip
