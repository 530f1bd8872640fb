from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tasks.core.forge.address import Address
from tasks.forge.git_remote import FetchBounds
from tasks.forge.mirror_place import Busy, Mirror
from tests.tasks.forge.git_server import TOKEN
from tests.tasks.forge.mirrored import gits_in, leftovers, pull_request

ROOT = Path(__file__).parents[3]

PROGRAM = """
import sys
from pathlib import Path
from tasks.core.context import PRContext
from tasks.core.forge.address import Address
from tasks.forge.mirror import fetch_pull
context = PRContext.model_validate_json(sys.argv[1])
address = Address.of(sys.argv[2])
token = sys.stdin.readline().strip()
print(fetch_pull(context, address=address, token=lambda: token, folder=Path(sys.argv[3])).head)
"""


@pytest.fixture
def pull(make_repo, tmp_path):
    with pull_request(make_repo, tmp_path) as pull:
        yield pull


def elsewhere(pull, head):
    """Begin to fetch in another process."""
    context = pull.context.model_copy(update={"head_sha": head}).model_dump_json()
    url = pull.served.api_url
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, context, url, str(pull.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(TOKEN + "\n")
    process.stdin.flush()
    return process


def large(pull) -> str:
    """Push what takes long to fetch from a slow server."""
    pull.repo.git("checkout", "-q", "feature")
    return pull.repo.commit({"large.bin": os.urandom(200_000)})


@pytest.mark.parametrize(
    ("api", "place"),
    [
        ("https://api.github.com", "github.com/acme/shop.git"),
        ("https://code.example.org:8443/api/v3", "code.example.org_8443/acme/shop.git"),
        ("http://[::1]:80/api/v3", "[__1]_80/acme/shop.git"),
    ],
)
def test_every_github_has_mirrors_of_its_own(tmp_path, api, place):
    mirror = Mirror.of(tmp_path, Address.of(api), "acme/Shop")
    assert (mirror.folder, mirror.name) == (tmp_path / place, "acme/shop")


def test_two_processes_make_and_fill_one_mirror(pull):
    head = large(pull)
    pull.served.delay = 0.005
    one, other = elsewhere(pull, head), elsewhere(pull, pull.head())
    assert one.communicate(timeout=60)[0].strip() == head
    assert other.communicate(timeout=60)[0].strip() == pull.head()
    assert {path.name for path in pull.folder.glob("*/acme/*")} == {"shop.git", "shop.lock"}


def test_many_threads_fetch_one_commit_once(pull):
    head = large(pull)
    with ThreadPoolExecutor(4) as threads:
        fetched = list(threads.map(lambda _: pull.fetch(head_sha=head), range(4)))
    assert len(set(fetched)) == 1
    assert pull.served.sent < 250_000


def test_a_kill_in_the_middle_of_a_fetch_costs_the_next_one_nothing(pull):
    head = large(pull)
    pull.served.delay = 0.02
    process = elsewhere(pull, head)
    while not any("index-pack" in line for line, _ in gits_in(pull.folder).values()):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gits_in(pull.folder)  # git goes on, and holds the mirror
    with pytest.raises(Busy), Mirror(next(pull.folder.glob("*/*/*.git"))).held(0):
        pass
    pull.served.delay = 0
    assert pull.fetch(head_sha=head).head == head
    assert pull.served.sent < 250_000  # what git had fetched alone was not fetched again


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6, 1.0])
@pytest.mark.slow
def test_a_kill_of_git_and_us_at_any_time_leaves_a_mirror_that_works(pull, moment):
    head = large(pull)
    pull.served.delay = 0.01
    process = elsewhere(pull, head)
    while process.poll() is None and not gits_in(pull.folder):
        time.sleep(0.001)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    while gits := gits_in(pull.folder):
        for pid in gits:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.wait()
    pull.served.delay = 0
    assert pull.fetch(head_sha=head).head == head
    assert not leftovers(pull)


def test_what_a_dead_git_left_is_removed_and_nothing_else(pull):
    mirror = Path(pull.fetch().repository)
    before = {path for path in mirror.rglob("*") if path.is_file()}
    left = [
        *("packed-refs.lock", "HEAD.lock", "gc.pid", "refs/review/x.lock", "objects/ab/tmp_obj_1"),
        *("objects/pack/tmp_pack_1", "objects/pack/tmp_idx_1", "objects/pack/.tmp-1-pack-2.pack"),
        *("objects/pack/pack-1.keep", "objects/pack/pack-1.pack", "objects/tmp_objdir-1/x"),
        "objects/info/commit-graphs/commit-graph-chain.lock",
    ]
    for name in left:
        (mirror / name).parent.mkdir(parents=True, exist_ok=True)
        (mirror / name).write_text("")
    pull.fetch()
    assert {path for path in mirror.rglob("*") if path.is_file()} == before


def test_who_waits_too_long_is_told_to_come_again(pull):
    mirror = Mirror(Path(pull.fetch().repository))
    pull.bounds = FetchBounds(seconds=0.3)
    with mirror.held(0), pytest.raises(Busy, match="another review is still fetching"):
        pull.fetch()
    pull.bounds = FetchBounds()
    assert pull.fetch().head == pull.head()


def test_a_mirror_whose_making_was_cut_short_is_made_anew(pull):
    half = Mirror.of(pull.folder, Address.of(pull.served.api_url), "acme/shop").folder
    half.with_suffix(".new").mkdir(parents=True)
    (half.with_suffix(".new") / "HEAD").write_text("nonsense")
    assert pull.fetch().head == pull.head()


def zeroed(pattern):
    """Return what empties files of a mirror, as a crash of the machine does."""

    def damage(mirror: Path) -> None:
        for path in mirror.glob(pattern):
            path.chmod(0o644)
            path.write_bytes(b"")

    return damage


def lost(mirror: Path) -> None:
    for path in mirror.glob("objects/pack/*.pack"):
        path.unlink()


@pytest.mark.parametrize(
    "damage",
    [*map(zeroed, ("refs/review/*", "objects/pack/*.pack", "objects/pack/*.idx", "HEAD")), lost],
    ids=["refs", "packs", "indexes", "HEAD", "lost"],
)
def test_a_mirror_that_was_damaged_is_made_anew(pull, damage):
    mirror = Path(pull.fetch().repository)
    damage(mirror)
    pull.repo.git("checkout", "-q", "feature")
    head = pull.repo.commit({"n.py": "n = 1\n"})
    assert pull.fetch(head_sha=head).head == head
    assert {path.name for path in mirror.parent.iterdir()} == {"shop.git", "shop.lock"}
