from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from tasks.forge.mirror_care import DAY, LAST, PACKS, care, care_when_due
from tasks.forge.mirror_place import Mirror
from tasks.git import open_repository
from tests.tasks.forge.mirrored import pull_request


@pytest.fixture
def pull(make_repo, tmp_path):
    with pull_request(make_repo, tmp_path) as pull:
        yield pull


def age(path: Path, days: float) -> None:
    """Make a file so many days old."""
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def has(mirror: Path, commit: str) -> bool:
    return bool(open_repository(str(mirror)).line("cat-file", "-t", commit))


def pushed_over(pull, size=100_000) -> str:
    """Fetch a head with something large in it that is then pushed over; return it."""
    pull.repo.git("checkout", "-q", "feature")
    old = pull.repo.commit({"large.bin": os.urandom(size)})
    pull.fetch(head_sha=old)
    return old


def test_what_is_in_use_stays(pull):
    mirror = Path(pull.fetch().repository)
    before = sorted(mirror.rglob("*"))
    cared = care(pull.folder)
    assert (cared.commits, cared.repositories, cared.left) == (0, (), ())
    assert set(mirror.rglob("*")) - set(before) == {mirror / LAST}


def test_a_head_nobody_used_for_days_goes_with_its_bytes(pull):
    old = pushed_over(pull)
    fetched = pull.fetch()
    mirror = Path(fetched.repository)
    age(mirror / "used" / old, 15)
    cared = care(pull.folder, days=14)
    assert cared.commits == 1
    assert cared.before - cared.after > 90_000
    assert not has(mirror, old)
    assert has(mirror, fetched.head)
    assert has(mirror, fetched.base)
    assert pull.fetch() == fetched


def test_a_commit_that_was_forgotten_is_fetched_again(pull):
    old = pushed_over(pull)
    mirror = Path(pull.fetch().repository)
    age(mirror / "used" / old, 15)
    care(pull.folder)
    assert pull.fetch(head_sha=old).head == old
    assert has(mirror, old)


def test_using_a_commit_again_keeps_it(pull):
    old = pushed_over(pull)
    mirror = Path(pull.fetch().repository)
    age(mirror / "used" / old, 15)
    pull.fetch(head_sha=old)
    assert care(pull.folder).commits == 0


@pytest.mark.parametrize("days", [0, -3, 1])
def test_no_number_of_days_forgets_what_a_running_review_reads(pull, days):
    fetched = pull.fetch()
    assert care(pull.folder, days=days).commits == 0
    assert has(Path(fetched.repository), fetched.head)


def test_a_repository_nobody_used_for_days_goes(pull):
    fetched = pull.fetch()
    mirror = Path(fetched.repository)
    for path in (mirror / "used").iterdir():
        age(path, 15)
    cared = care(pull.folder)
    assert cared.repositories == ("acme/shop",)
    assert not mirror.exists()
    assert cared.after < cared.before / 2
    assert pull.fetch() == fetched


def test_what_was_being_removed_goes(pull):
    mirror = Path(pull.fetch().repository)
    half = mirror.with_suffix(".gone-1")
    half.mkdir()
    (half / "HEAD").write_text("")
    care(pull.folder)
    assert not half.exists()


def test_a_mirror_that_is_being_written_to_waits_for_next_time(pull):
    mirror = Mirror(Path(pull.fetch().repository))
    with mirror.held(0):
        cared = care(pull.folder)
    assert len(cared.left) == 1
    assert cared.left[0].startswith("acme/shop: ")
    assert care(pull.folder).left == ()


def test_without_time_nothing_is_begun(pull):
    pull.fetch()
    assert len(care(pull.folder, seconds=0).left) == 1


@pytest.mark.slow
def test_many_small_packs_become_one(pull):
    mirror = Path(pull.fetch().repository)
    pull.repo.git("checkout", "-q", "feature")
    heads = [pull.repo.commit({"b.py": f"b = {n}\n"}) for n in range(PACKS)]
    for head in heads:
        pull.fetch(head_sha=head)
    packs = list(mirror.glob("objects/pack/*.pack"))
    assert len(packs) == PACKS + 1
    assert care(pull.folder).left == ()
    assert len(list(mirror.glob("objects/pack/*.pack"))) == 1
    assert all(has(mirror, head) for head in heads)


def test_a_review_that_is_reading_goes_on_while_packs_are_replaced(pull):
    old = pushed_over(pull)
    fetched = pull.fetch()
    mirror = Path(fetched.repository)
    age(mirror / "used" / old, 15)
    before = set(mirror.glob("objects/pack/*.pack"))
    command = ["git", "cat-file", "--batch"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=mirror, stdin=pipe, stdout=pipe) as reading:

        def read(what: str) -> bytes:
            reading.stdin.write(f"{fetched.head}:{what}\n".encode())
            reading.stdin.flush()
            size = int(reading.stdout.readline().split()[2])
            return reading.stdout.read(size + 1)

        assert read("b.py") == b"b = 2\n\n"
        assert care(pull.folder).commits == 1
        assert not before & set(mirror.glob("objects/pack/*.pack"))
        assert read("a.py") == b"a = 1\n\n"
        reading.stdin.close()


def test_care_comes_once_a_day_by_itself(pull):
    old = pushed_over(pull)
    mirror = Path(pull.fetch().repository)
    age(mirror / "used" / old, 15)
    pull.fetch()
    assert has(mirror, old)
    age(pull.folder / LAST, 2)
    pull.fetch()
    assert not has(mirror, old)
    assert care_when_due(pull.folder) is None
