from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.core.change import Kind
from tasks.errors import CannotReview

BASE = {"a.py": "x = 1\n", "b/c.py": "y = 1\n", "run.sh": "#!/bin/sh\n"}


@pytest.fixture
def work(repo):
    """A repository with one commit, and nothing changed since."""
    repo.commit(BASE)
    return repo


def seen(repo):
    """Return what a review of the uncommitted work is about."""
    return {file.path: file for file in repo.change("HEAD", "WORKTREE").files}


def text(file):
    return Path(file.head).read_bytes()


def test_untouched_work_is_no_change(work):
    assert seen(work) == {}


def test_a_file_that_was_only_touched_is_no_change(work):
    os.utime(work.folder / "a.py", (1, 1))
    assert seen(work) == {}


def test_changed_new_and_deleted_files_are_the_change(work):
    work.write({"a.py": "x = 1\nz = 2\n", "new.py": "n\n"})
    (work.folder / "b/c.py").unlink()
    files = seen(work)
    assert {path: file.kind for path, file in files.items()} == {
        "a.py": Kind.MODIFIED, "new.py": Kind.ADDED, "b/c.py": Kind.DELETED,
    }  # fmt: skip
    assert files["a.py"].lines == (range(2, 3),)


def test_staged_and_half_staged_work_is_seen_as_it_lies_there(work):
    work.write({"a.py": "staged\n", "s.py": "staged\n"})
    work.git("add", "-A")
    work.write({"a.py": "later\n"})
    files = seen(work)
    assert text(files["a.py"]) == b"later\n"
    assert text(files["s.py"]) == b"staged\n"


def test_a_file_that_is_only_no_longer_tracked_is_still_seen(work):
    work.git("rm", "-q", "--cached", "a.py")
    work.write({"a.py": "x = 5\n"})
    assert {path: file.kind for path, file in seen(work).items()} == {"a.py": Kind.MODIFIED}


def test_a_file_that_is_only_meant_to_be_added_is_seen(work):
    work.write({"new.py": "n\n"})
    work.git("add", "-N", "new.py")
    assert text(seen(work)["new.py"]) == b"n\n"


def test_ignored_files_are_no_change(work):
    work.write({".gitignore": "*.log\nbuild/\n", "x.log": "x", "build/x.py": "x"})
    assert set(seen(work)) == {".gitignore"}


def test_a_conflict_is_seen_as_it_lies_there(work):
    work.git("checkout", "-q", "-b", "side")
    work.commit({"a.py": "x = 2\n"})
    work.git("checkout", "-q", "main")
    work.commit({"a.py": "x = 3\n"})
    work.git("merge", "-q", "side", ok=(1,))
    assert b"<<<<<<<" in text(seen(work)["a.py"])


def test_a_mode_is_seen_and_only_where_git_minds(work):
    (work.folder / "run.sh").chmod(0o755)
    assert seen(work)["run.sh"].mode == 0o100755
    work.git("config", "core.fileMode", "false")
    assert seen(work) == {}


def test_a_link_goes_in_as_a_link(work):
    (work.folder / "a.py").unlink()
    (work.folder / "a.py").symlink_to("/etc/passwd")
    (work.folder / "here").symlink_to(".")
    (work.folder / "broken").symlink_to("nowhere")
    files = seen(work)
    assert set(files) == {"a.py", "here", "broken"}
    assert {file.left_out for file in files.values()} == {"a symbolic link; links are not followed"}
    assert not any(file.head for file in files.values())


def test_a_link_that_became_a_file_is_new_as_a_whole(work):
    (work.folder / "l.py").symlink_to("x = 1\n")
    work.commit()
    (work.folder / "l.py").unlink()
    work.write({"l.py": "x = 1\n"})
    file = seen(work)["l.py"]
    assert (file.kind, file.lines) == (Kind.RETYPED, (range(1, 2),))


def test_nothing_is_read_through_a_folder_that_became_a_link(work, tmp_path):
    shutil.rmtree(work.folder / "b")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "c.py").write_text("secret\n")
    (work.folder / "b").symlink_to(elsewhere)
    files = seen(work)
    assert files["b/c.py"].kind is Kind.DELETED
    assert files["b"].left_out.startswith("a symbolic link")


def test_a_file_may_become_a_folder_and_a_folder_a_file(work):
    (work.folder / "a.py").unlink()
    shutil.rmtree(work.folder / "b")
    work.write({"a.py/inner.py": "i\n", "b": "b\n"})
    kinds = {path: file.kind for path, file in seen(work).items()}
    assert kinds["a.py"] is Kind.DELETED
    assert kinds["b"] is Kind.ADDED
    assert kinds["b/c.py"] is Kind.DELETED or kinds["b/c.py"] is Kind.RENAMED
    assert "a.py/inner.py" in kinds


def test_pipes_and_sockets_are_not_opened(work, monkeypatch):
    (work.folder / "a.py").unlink()
    os.mkfifo(work.folder / "a.py")
    os.mkfifo(work.folder / "pipe.py")
    monkeypatch.chdir(work.folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.py")
        started = time.monotonic()
        files = seen(work)
    assert {path: file.kind for path, file in files.items()} == {"a.py": Kind.DELETED}
    assert time.monotonic() - started < 5


def test_a_file_that_cannot_be_read_is_said_with_what_to_do(work, tmp_path):
    work.write({"secret.py": "x\n"})
    (work.folder / "secret.py").chmod(0)
    script = f"""
from tasks.git import open_repository
from tasks.errors import CannotReview
from tasks.worktree import head_of
try:
    head_of(open_repository({str(work.folder)!r}).with_scratch({str(tmp_path)!r}), "WORKTREE")
except CannotReview as error:
    print(error)
"""
    command = [sys.executable, "-c", script]
    if os.geteuid() == 0:  # root reads everything, unless it gives that up
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--", *command]
    said = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert "cannot read secret.py (Permission denied)" in said.stdout
    assert ".gitignore" in said.stdout


def test_a_repository_inside_is_named_and_not_looked_at(work, make_repo, canary):
    inner = make_repo("repository/inner")
    inner.git("config", "core.fsmonitor", canary)
    inner.write({"a.py": "x\n"})
    inner.git("-c", "core.fsmonitor=false", "add", "a.py")
    inner.git("-c", "core.fsmonitor=false", "commit", "-q", "-m", "a state")
    (file,) = seen(work).values()
    assert (file.path, file.left_out) == (
        "inner", "a submodule; its own repository is not looked at",
    )  # fmt: skip


def test_a_submodule_that_moved_on_is_named_and_nothing_of_it_runs(work, make_repo, canary):
    inner = make_repo("repository/inner")
    old = inner.commit({"a.py": "x\n"})
    work.git("update-index", "--add", "--cacheinfo", f"160000,{old},inner")
    work.git("commit", "-q", "-m", "a submodule")
    assert seen(work) == {}
    new = inner.commit({"a.py": "y\n"})
    inner.git("config", "core.fsmonitor", canary)
    inner.write({"a.py": "z\n"})
    (file,) = seen(work).values()
    assert (file.path, file.blob, file.mode) == ("inner", new, 0o160000)


def test_an_empty_repository_inside_has_nothing_to_be_named_for(work, make_repo):
    make_repo("repository/inner")
    assert seen(work) == {}


def test_without_a_commit_everything_is_new(repo):
    repo.write(BASE)
    scratch = repo.change(repo.empty, "WORKTREE")
    assert {file.path for file in scratch.files} == set(BASE)
    assert {file.kind for file in scratch.files} == {Kind.ADDED}


def test_a_bare_repository_has_no_work_tree(work, make_repo):
    bare = make_repo("bare", "--bare")
    work.git("push", "-q", str(bare.folder), "main")
    with pytest.raises(CannotReview, match="no work tree"):
        bare.change("HEAD", "WORKTREE")


def test_a_linked_work_tree_of_a_bare_repository_has_one(work, make_repo, tmp_path):
    bare = make_repo("bare", "--bare")
    work.git("push", "-q", str(bare.folder), "main")
    bare.git("worktree", "add", "-q", str(tmp_path / "linked"), "main")
    bare.folder = tmp_path / "linked"
    bare.write({"a.py": "x = 2\n"})
    assert set(seen(bare)) == {"a.py"}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_it_works_whatever_the_hash(make_repo, algorithm):
    repo = make_repo("hashed", f"--object-format={algorithm}")
    repo.commit(BASE)
    repo.write({"a.py": "x = 2\n", "n.py": "n\n"})
    (repo.folder / "run.sh").unlink()
    assert set(seen(repo)) == {"a.py", "n.py", "run.sh"}


@pytest.mark.parametrize(
    "name", [b"--help", b"a\nb.py", b"\xff.py", b'q"uote.py', b"\x1b[31m.py", b" ", b"-"]
)
def test_a_file_may_have_any_name(work, name):
    (work.folder / os.fsdecode(name)).write_text("n\n")
    (file,) = seen(work).values()
    assert (file.kind, file.lines) == (Kind.ADDED, (range(1, 2),))


@pytest.mark.parametrize("driver", ["clean", "process"])
def test_filters_are_not_run(work, canary, driver):
    work.git("config", f"filter.x=y.{driver}", canary)
    work.git("config", "filter.x=y.required", "true")
    work.git("config", "filter.lfs.clean", canary)
    work.write({".gitattributes": "*.py filter=x=y\n*.sh filter=lfs\n", "a.py": "x = 7\n"})
    # as young as the index, of the same size: git would have to compare what the filter says
    index = work.folder / ".git/index"
    os.utime(work.folder / "a.py", ns=(index.stat().st_mtime_ns,) * 2)
    assert text(seen(work)["a.py"]) == b"x = 7\n"


def test_programs_of_the_configuration_are_not_run(work, canary):
    for name in ("core.fsmonitor", "core.pager", "core.editor", "diff.external", "diff.x.textconv"):
        work.git("config", name, canary)
    hooks = work.folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "pre-commit", "fsmonitor-watchman", "post-checkout"):
        (hooks / name).symlink_to(canary)
    work.write({".gitattributes": "* diff=x\n", "a.py": "x = 7\n"})
    assert set(seen(work)) == {".gitattributes", "a.py"}


def test_nothing_is_written_to_the_repository(work):
    work.git("config", "core.splitIndex", "true")
    work.write({"a.py": "x = 2\n", "n.py": "n\n"})
    before = work.state()
    seen(work)
    assert work.state() == before


def test_encodings_of_a_work_tree_are_not_undone(work):
    content = "x = 'ä'\n".encode("utf-16")
    work.write({".gitattributes": "a.py working-tree-encoding=UTF-16\n", "a.py": content})
    file = seen(work)["a.py"]
    assert file.left_out == "binary"


CRLF = b"x = 1\r\ny = 2\r\n"


@pytest.mark.parametrize(
    ("attributes", "automatic", "committed"),
    [
        ("", "", CRLF),
        ("* -text\n", "true", CRLF),
        ("* text\n", "", CRLF.replace(b"\r", b"")),
        ("*.py text=auto eol=crlf\n", "", CRLF.replace(b"\r", b"")),
        ("*.py eol=crlf\n", "", CRLF.replace(b"\r", b"")),
        ("", "true", CRLF.replace(b"\r", b"")),
        ("", "input", CRLF.replace(b"\r", b"")),
        ("", "false", CRLF),
    ],
)
def test_line_ends_are_those_of_a_commit(work, attributes, automatic, committed):
    if automatic:
        work.git("config", "core.autocrlf", automatic)
    work.write({".gitattributes": attributes, "a.py": CRLF, "new.py": CRLF})
    files = seen(work)
    assert (text(files["a.py"]), text(files["new.py"])) == (committed, committed)
    work.git("add", "-A")  # git's own answer is the same
    assert files["a.py"].blob == work.git("rev-parse", ":a.py")
    assert files["new.py"].blob == work.git("rev-parse", ":new.py")


@pytest.mark.parametrize("content", [CRLF + b"z\r\n", b"\0" + CRLF])
def test_line_ends_that_git_only_guesses_at_stay_where_it_would_leave_them(work, content):
    work.commit({"a.py": CRLF})
    work.git("config", "core.autocrlf", "true")
    work.write({"a.py": content})
    file = seen(work)["a.py"]
    work.git("add", "-A")
    assert file.blob == work.git("rev-parse", ":a.py")


def test_a_link_has_no_line_ends(work):
    work.git("config", "core.autocrlf", "true")
    (work.folder / "l.py").symlink_to("a\r\nb")
    work.commit()
    (work.folder / "l.py").unlink()
    work.write({"l.py": CRLF})
    assert text(seen(work)["l.py"]) == CRLF.replace(b"\r", b"")


def test_a_file_that_is_too_large_to_be_read_is_named(work):
    with (work.folder / "huge.bin").open("wb") as file:
        file.truncate(10 * 1024**3)
    started = time.monotonic()
    huge = seen(work)["huge.bin"]
    assert huge.left_out.startswith("its content is not in this clone")
    assert time.monotonic() - started < 5


def test_a_partial_clone_has_uncommitted_work_too(work, make_repo):
    partial = make_repo("partial")
    work.git("config", "uploadpack.allowFilter", "true")
    partial.git("fetch", "-q", "--filter=blob:none", f"file://{work.folder}", "main:main2")
    partial.git("remote", "add", "origin", f"file://{work.folder}")
    partial.git("symbolic-ref", "HEAD", "refs/heads/main2")
    partial.git("read-tree", "HEAD")
    partial.write({**BASE, "n.py": "n\n"})
    assert "n.py" in seen(partial)


def test_thousands_of_new_files_take_seconds(work):
    work.write({f"many/{n}.py": f"x = {n}\n" for n in range(2000)})
    started = time.monotonic()
    assert len(seen(work)) == 2000
    assert time.monotonic() - started < 10
