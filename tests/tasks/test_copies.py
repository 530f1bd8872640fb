from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.blobs import BAD_BLOBS, contents, sizes
from tasks.copies import materialise, reader, write_new
from tasks.errors import CannotReview
from tasks.git import EMPTY_TREE, open_repository


def whole(repo, head, into, side="head"):
    """Write a whole tree; return what lies there, and the gaps."""
    change = replace(repo.change(EMPTY_TREE, EMPTY_TREE), head_tree=head, base_tree=head)
    gaps = materialise(change, side, into)
    lies = {
        str(path.relative_to(into)): path.read_bytes()
        for path in into.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    return lies, {gap.path: gap.why for gap in gaps}


def opened(repo):
    return open_repository(str(repo.folder)).with_scratch(str(repo.scratch)).own


def test_an_empty_tree_is_an_empty_folder(repo, tmp_path):
    assert whole(repo, repo.empty, tmp_path / "into") == ({}, {})


@pytest.mark.parametrize("side", ["head", "base"])
def test_a_whole_tree_is_written_as_regular_files(repo, tmp_path, side):
    repo.write({"a.py": "x\n", "b/run.sh": "y\n"})
    (repo.folder / "b/run.sh").chmod(0o755)
    (repo.folder / "out").symlink_to("/etc")
    (repo.folder / "here").symlink_to(".")
    repo.write({".gitattributes": "*.py export-ignore\n"})
    repo.commit()
    into = tmp_path / "into"
    lies, gaps = whole(repo, repo.git("rev-parse", "HEAD^{tree}"), into, side)
    assert (lies["a.py"], lies["b/run.sh"]) == (b"x\n", b"y\n")
    assert gaps == {"out": "a link or a submodule", "here": "a link or a submodule"}
    assert [(into / name).stat().st_mode & 0o111 for name in ("a.py", "b/run.sh")] == [0, 0o111]


def test_what_cannot_be_written_is_named(repo, tmp_path):
    damaged = repo.blob("damaged\n")
    path = repo.folder / ".git/objects" / damaged[:2] / damaged[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-6])
    head = repo.tree(
        (0o100644, b"damaged", damaged),
        (0o100644, b"here", repo.blob("here\n")),
        (0o100644, b"huge", repo.blob(bytes(257 * 1024**2))),
        (0o100644, b"missing", "1" * 40),
        (0o160000, b"sub", "2" * 40),
    )
    lies, gaps = whole(repo, head, tmp_path / "into")
    assert lies == {"here": b"here\n"}
    assert gaps == {
        "damaged": "its content is damaged",
        "huge": "too large (269,484,032 bytes)",
        "missing": "its content is not in this clone",
        "sub": "a link or a submodule",
    }


def test_a_tree_that_is_too_large_as_a_whole_is_not_written_as_a_whole(repo, tmp_path):
    blob = repo.blob(bytes(200))
    head = repo.tree(*((0o100644, b"%02d" % n, blob) for n in range(11)))
    change = replace(repo.change(EMPTY_TREE, EMPTY_TREE), head_tree=head)
    (tmp_path / "into").mkdir()
    gaps = materialise(change, "head", tmp_path / "into", most=2000)
    assert [gap.path for gap in gaps] == ["10"]


def test_a_file_never_takes_the_place_of_another(tmp_path):
    first = write_new(tmp_path, "a.py", b"1", 0)
    second = write_new(tmp_path, "a.py", b"2", 1)
    inner = write_new(tmp_path, "a.py/b.sh", b"3", 2)
    assert [Path(path).read_bytes() for path in (first, second, inner)] == [b"1", b"2", b"3"]
    assert inner.endswith("unnameable/2.sh")


def test_a_link_is_not_written_through(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.py").symlink_to(tmp_path / "out.py")
    written = write_new(tmp_path / "in", "a.py", b"x", 0)
    assert not (tmp_path / "out.py").exists()
    assert written.endswith("in/unnameable/0.py")


def test_no_room_is_said_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotReview, match="TMPDIR"):
        write_new(tmp_path / "file", "a.py", b"x", 0)


def test_the_text_of_a_copy_is_read_and_of_nothing_else(repo):
    repo.commit({"a.py": "ä = 1\n", "b.py": "x"})
    repo.commit({"a.py": b"\xff = 2\n"}, "b.py")
    text_of = reader(repo.change())
    assert text_of("a.py") == "\ufffd = 2\n"
    assert text_of("b.py") == text_of("/etc/passwd") == ""


def test_nothing_asked_is_nothing_answered(repo):
    assert sizes(opened(repo), []) == {}
    assert list(contents(opened(repo), [])) == []


def test_what_is_no_blob_or_not_here_is_left_out(repo):
    blob, tree = repo.blob("x\n"), repo.files({b"a": "x\n"})
    asked = [tree, "1" * 40, blob, blob]
    assert sizes(opened(repo), asked) == {blob: 2}
    assert list(contents(opened(repo), asked)) == [(blob, b"x\n")]


def test_a_repository_that_is_damaged_all_over_is_given_up(repo):
    blobs = [repo.blob(f"{n}\n") for n in range(BAD_BLOBS + 3)]
    for blob in blobs[:-1]:
        path = repo.folder / ".git/objects" / blob[:2] / blob[2:]
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-6])
    assert list(contents(opened(repo), blobs)) == []


def test_whoever_stops_asking_leaves_no_process_behind(repo):
    blobs = [repo.blob(str(n) * 100_000) for n in range(20)]
    for _ in contents(opened(repo), blobs):
        break
    assert not any(_is_our_git(pid.name) for pid in Path("/proc").iterdir())


def _is_our_git(pid):
    try:
        stat = Path("/proc", pid, "stat").read_text()
    except OSError:
        return False
    return "(git)" in stat and stat.rsplit(")", 1)[1].split()[1] == str(os.getpid())
