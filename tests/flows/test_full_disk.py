"""A disk without room: a worker's review waits until there is some, and is then said once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State, StateType
from prefect.states import Scheduled

from tests.flows.test_watching import again, engine, put, said_once

pytestmark = pytest.mark.slow

MB = 1024 * 1024
NOTHING, SOME = 1 * MB, 80 * MB
"""Sizes of a disk that is as good as full, and of one on which a review can begin."""


@pytest.fixture
def disk(tmp_path) -> Path:
    """Where a run has a small disk of its own, for scratch."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


def engine_on(disk: Path, size: int, deployed, run: UUID) -> subprocess.Popen[str]:
    """Execute a run that has a disk of this size for scratch."""
    token = deployed.shop.github.actions_token(deployed.shop.name)
    where = ["bwrap", "--dev-bind", "/", "/", "--size", str(size), "--tmpfs", str(disk)]
    process = subprocess.Popen(
        [*where, sys.executable, "-m", "prefect.engine", str(run)],
        env={**os.environ, "GITHUB_TOKEN": token, "TMPDIR": str(disk)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deployed.processes.append(process)
    return process


def fill(disk: Path) -> None:
    """Fill the disk of a run, which only that sees."""
    with (_seen_by_the_run(disk) / "filler").open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * MB)


def _seen_by_the_run(disk: Path) -> Path:
    told = f"TMPDIR={disk}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        place = process / "root" / disk.relative_to("/")
        with contextlib.suppress(OSError):  # it has ended, or sees other folders
            ours = told in (process / "environ").read_bytes().split(b"\0")
            if ours and place.stat().st_dev != disk.stat().st_dev:
                return place
    raise FileNotFoundError(disk)


def goes_on_later(deployed, run: UUID, waits: State, said: str) -> None:
    """Hold a run to waiting for a disk, with nothing said, and to being made afterwards."""
    shop = deployed.shop
    assert (waits.type, waits.name) == (StateType.SCHEDULED, "AwaitingRetry"), said
    assert not shop.pull.reviews
    assert not [check for check in shop.pull.repo.check_runs if check.status == "completed"]

    put(run, Scheduled(), force=True)  # its time has come
    said, _ = engine(deployed, run).communicate(timeout=120)
    assert again(run).state.name == "Completed", said
    assert said_once(shop)


def test_it_does_not_begin_where_there_is_no_room(shop, deployed, disk):
    shop.open()
    run = deployed.make()
    said, _ = engine_on(disk, NOTHING, deployed, run).communicate(timeout=120)

    waits = again(run).state
    assert waits.message.startswith(f"the disk of {disk} is full"), said
    assert not shop.pull.repo.check_runs
    goes_on_later(deployed, run, waits, said)


def test_where_the_room_goes_in_its_middle_it_waits_and_says_no_failure(shop, deployed, disk):
    shop.open()
    run = deployed.make()
    shop.github.fault("POST", "/graphql$", how=lambda _: fill(disk))
    said, _ = engine_on(disk, SOME, deployed, run).communicate(timeout=120)

    waits = again(run).state
    assert f"the disk of {disk} is full" in waits.message, said
    goes_on_later(deployed, run, waits, said)


def test_what_is_larger_than_the_disk_is_not_tried_for_ever(shop, deployed, disk):
    large = {f"large_{number}.txt": os.urandom(450_000).hex() for number in range(100)}
    shop.open(change={**large, "app.py": '"""A shop."""\n\nanswer = 42\n'})
    run = deployed.make()
    said, _ = engine_on(disk, SOME, deployed, run).communicate(timeout=120)

    assert again(run).state.type is StateType.FAILED, said
    assert "No space left on device" in again(run).state.message
