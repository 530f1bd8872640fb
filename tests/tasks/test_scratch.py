from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.scratch import _sweep, scratch_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path):
    """Where scratch folders go, and none is there yet."""
    return tmp_path / "root"


def test_a_folder_is_ours_and_empty_and_goes(root):
    with scratch_folder(str(root)) as folder:
        assert os.listdir(folder) == []  # noqa: PTH208 - as short as can be
        assert Path(folder).stat().st_mode & 0o077 == 0
    assert list(root.iterdir()) == []


def interrupted(root):
    with scratch_folder(str(root)) as folder:
        Path(folder, "deep/er").mkdir(parents=True)
        raise KeyboardInterrupt


def test_it_goes_whatever_ends_it(root):
    with pytest.raises(KeyboardInterrupt):
        interrupted(root)
    assert list(root.iterdir()) == []


def killed(root):
    """Let a review be killed; return the folder it left behind."""
    script = (
        "import os, sys; from tasks.scratch import scratch_folder\n"
        "with scratch_folder(sys.argv[1]) as folder:\n"
        "    open(folder + '/copy', 'w').close(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(root)], cwd=ROOT, check=False)
    (left,) = root.iterdir()
    return left


def test_what_a_killed_review_left_is_removed_when_it_is_no_longer_young(root):
    left = killed(root)
    _sweep(root)
    assert left.exists()
    _sweep(root, young=-1)
    assert not left.exists()


def test_a_review_that_is_at_work_keeps_its_folder(root):
    with scratch_folder(str(root)) as folder:
        _sweep(root, young=-1)
        assert Path(folder).exists()


def test_what_is_not_ours_stays(root):
    root.mkdir()
    (root / "review-notes").mkdir()
    (root / "review-1-file").write_text("")
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (root / "review-1-link").symlink_to(elsewhere)
    if os.geteuid() == 0:
        (root / "review-1-theirs").mkdir()
        os.chown(root / "review-1-theirs", 65534, 65534)
    before = sorted(root.iterdir())
    _sweep(root, young=-1)
    assert sorted(root.iterdir()) == before
    assert elsewhere.exists()


def test_many_at_once_do_not_disturb_each_other(root):
    with scratch_folder(str(root)) as one, scratch_folder(str(root)) as two:
        assert one != two
        assert Path(one).exists()
        assert Path(two).exists()
    assert list(root.iterdir()) == []
