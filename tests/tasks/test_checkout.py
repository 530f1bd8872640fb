from __future__ import annotations

import time
from pathlib import Path

import pytest

from tasks.checkout import _admitted
from tasks.core.change import IGNORED, Kind
from tasks.core.diff import RawEntry
from tasks.core.policy import ReviewPolicy
from tasks.errors import CannotReview
from tasks.git import EMPTY_TREE

LINK = "a symbolic link; links are not followed"
SUBMODULE = "a submodule; its own repository is not looked at"
NOT_HERE = "its content is not in this clone, or too large to be read"


def by_path(change):
    return {file.path: file for file in change.files}


def content(file):
    return Path(file.head).read_bytes()


def of_files(repo, base, head, **more):
    """Return the change from one tree of raw names to another."""
    return repo.change(repo.files(base), repo.files(head), **more)


def test_an_empty_change_has_no_files(repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.commit()
    assert repo.change().files == ()
    assert repo.change("HEAD", "HEAD").files == ()


def test_a_first_commit_is_new_as_a_whole(repo):
    repo.commit({"a.py": "x = 1\ny = 2\n"})
    change = repo.change(EMPTY_TREE, "HEAD")
    assert [(f.kind, f.lines, f.base) for f in change.files] == [(Kind.ADDED, (range(1, 3),), "")]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", (range(2, 3),)),
        (b"a\n", b"a\nb", (range(2, 3),)),
        (b"a\n", b"a", (range(1, 2),)),
        (b"a\nb\n", b"a\n", ()),
        (b"", b"a\n", (range(1, 2),)),
        (b"a\n", b"", ()),
        (b"a\nb\nc\nd\n", b"A\nb\nc\nD\n", (range(1, 2), range(4, 5))),
        (b"a\r\nb\r\n", b"a\r\nB\r\n", (range(2, 3),)),
        (b"@@ -1 +1 @@\n", b"@@ -1 +1 @@\ndiff --git 9 9\n", (range(2, 3),)),
    ],
)
def test_changed_lines_are_those_of_the_head(repo, before, after, lines):
    (file,) = of_files(repo, {b"a.py": before}, {b"a.py": after}).files
    assert file.lines == lines
    assert content(file) == after
    assert Path(file.base).read_bytes() == before


@pytest.mark.parametrize("end", ["\r", "\u2028", "\u0085"])
def test_a_line_end_that_only_some_tools_know_hides_no_line(repo, end):
    before, after = f"a = 1{end}b = 2{end} \nc = 3\n", f"a = 1{end}b = 2{end} \neval(x)\n"
    (file,) = of_files(repo, {b"a.py": before}, {b"a.py": after}).files
    assert file.lines == (range(1, 5),)
    (file,) = of_files(repo, {}, {b"a.py": after}).files
    assert file.lines == (range(1, 5),)


def test_a_rename_keeps_its_history_and_a_changed_one_has_changed_lines(repo):
    repo.commit({"old.py": "x = 1\n" * 20, "was.py": "y = 1\n" * 20})
    repo.git("mv", "old.py", "new.py")
    repo.git("mv", "was.py", "is.py")
    repo.commit({"is.py": "y = 1\n" * 20 + "z = 1\n"})
    files = by_path(repo.change())
    assert (files["new.py"].kind, files["new.py"].lines) == (Kind.RENAMED, ())
    assert files["is.py"].lines == (range(21, 22),)
    assert (files["is.py"].base_path, files["new.py"].base_path) == ("was.py", "old.py")


@pytest.mark.parametrize(
    ("old", "new"),
    [("notes.txt", "notes.py"), ("off.yml", ".github/workflows/on.yml"), ("x.disabled", "x.sh")],
)
def test_a_rename_that_wakes_a_file_up_makes_all_of_it_new(repo, old, new):
    repo.commit({old: "line\n" * 3})
    (repo.folder / new).parent.mkdir(parents=True, exist_ok=True)
    repo.git("mv", old, new)
    repo.commit()
    (file,) = repo.change().files
    assert (file.kind, file.lines) == (Kind.RENAMED, (range(1, 4),))


def test_a_copy_is_new_as_a_whole(repo):
    repo.git("config", "diff.renames", "copies")
    repo.commit({"a.py": "x = 1\n" * 9})
    repo.commit({"b.py": "x = 1\n" * 9})
    (file,) = repo.change().files
    assert (file.path, file.kind, file.lines) == ("b.py", Kind.ADDED, (range(1, 10),))


def test_a_changed_mode_is_a_change_without_lines(repo):
    repo.commit({"run.sh": "#!/bin/sh\n"})
    (repo.folder / "run.sh").chmod(0o755)
    repo.commit()
    (file,) = repo.change().files
    assert (file.mode, file.lines, file.first_line) == (0o100755, (), "#!/bin/sh")
    assert not Path(file.head).stat().st_mode & 0o111, "a copy is never executable"


def test_a_deletion_is_said_and_nothing_is_copied(repo):
    repo.commit({"a.py": "x = 1\n", "b.py": "y"})
    repo.commit({}, "a.py")
    (file,) = repo.change().files
    assert (file.kind, file.head, file.base, file.left_out) == (Kind.DELETED, "", "", "")


def test_links_are_named_and_not_followed(repo):
    for name, target in {"passwd.py": "/etc/passwd", "here": ".", "up": "../../.."}.items():
        (repo.folder / name).symlink_to(target)
    repo.commit()
    change = repo.change(EMPTY_TREE, "HEAD")
    assert {file.path: file.left_out for file in change.files} == {
        "passwd.py": LINK, "here": LINK, "up": LINK,
    }  # fmt: skip
    assert not any(path.is_symlink() for path in Path(change.scratch).rglob("*"))
    assert not list(Path(change.scratch, "head").iterdir())


def test_a_link_that_became_a_file_of_the_same_bytes_is_new(repo):
    blob = repo.blob("eval(x)")
    base, head = repo.tree((0o120000, b"a.py", blob)), repo.tree((0o100644, b"a.py", blob))
    (file,) = repo.change(base, head).files
    assert (file.kind, file.lines) == (Kind.RETYPED, (range(1, 2),))
    (file,) = repo.change(head, base).files
    assert file.left_out == LINK


def test_a_submodule_is_named(repo):
    head = repo.tree((0o160000, b"sub", "1" * 40))
    (file,) = repo.change(repo.empty, head).files
    assert file.left_out == SUBMODULE


def test_a_mode_that_git_does_not_write_is_taken_for_the_nearest(repo):
    head = repo.tree((0o100666, b"a.py", repo.blob("x\n")))
    (file,) = repo.change(repo.empty, head).files
    assert (file.mode, bool(file.head)) == (0o100644, True)


NAMES = (
    b"--help", b"-rf", b"a\nb.py", b"it's.py", b'say "hi".py', b"\x1b[2Jgone.py", b"\xff\xfe.py",
    b"\\xff\\xfe.md", "ünï.py".encode(), "\u202egpj.py".encode(), b"$(touch x).py", b" ", b"a\tb",
    b"*.py", b"[x].py", b"x" * 250 + b".py", b"unnameable", b"%s.py", b"a:b", b"~", b"nul\x01.py",
)  # fmt: skip


def test_every_name_keeps_its_own_content(repo):
    wanted = {name: b"# %d\n" % number for number, name in enumerate(NAMES)}
    change = of_files(repo, {}, wanted)
    assert len(change.looked_at) == len(NAMES)
    for file in change.files:
        name = next(n for n in NAMES if n.decode("utf-8", "backslashreplace") == file.path)
        assert content(file) == wanted[name]
        assert Path(file.head).resolve().is_relative_to(Path(change.scratch, "head").resolve())
        assert file.lines == (range(1, 2),)


def test_changed_lines_are_found_whatever_the_name(repo):
    before = dict.fromkeys(NAMES, b"a\nb\n")
    after = dict.fromkeys(NAMES, b"a\nB\n")
    assert {f.lines for f in of_files(repo, before, after).files} == {(range(2, 3),)}


def test_two_names_that_read_the_same_are_not_mixed_up(repo):
    head = {b"\xff.py": "eval(x)\n", b"\\xff.py": "fine\n", b"c.py": "c\n"}
    change = of_files(repo, {}, head)
    assert [file.path for file in change.looked_at] == ["c.py"]
    assert {file.left_out for file in change.left_out} == {
        "another file of the change has the same name"
    }


def test_a_name_that_is_there_twice_is_not_looked_at(repo):
    one, two = repo.blob("one\n"), repo.blob("eval(x)\n")
    head = repo.tree((0o100644, b"a.py", one), (0o100644, b"a.py", two))
    change = repo.change(repo.empty, head)
    assert change.looked_at == ()
    assert {file.path for file in change.left_out} == {"a.py"}


def test_parts_that_no_tree_may_have_stay_inside(repo):
    bad = repo.files({b"x.py": "x\n"})
    rows = [(0o40000, name, bad) for name in (b"..", b".", b".git", b"a/../../b")]
    change = repo.change(repo.empty, repo.tree(*rows, (0o100644, b"../../y.py", repo.blob("y\n"))))
    inside = Path(change.scratch, "head").resolve()
    assert change.looked_at
    for file in change.looked_at:
        assert Path(file.head).resolve().is_relative_to(inside)
        assert content(file) in {b"x\n", b"y\n"}


def test_a_tree_that_git_cannot_read_is_refused(repo):
    head = repo.tree((0o100644, b"", repo.blob("x\n")))
    with pytest.raises(CannotReview, match="empty filename"):
        repo.change(repo.empty, head)


def test_a_file_where_another_has_a_folder_is_still_copied(repo):
    inner = repo.files({b"b.py": "inner\n"})
    head = repo.tree((0o100644, b"a", repo.blob("outer\n")), (0o40000, b"a", inner))
    change = repo.change(repo.empty, head)
    assert sorted(content(file) for file in change.looked_at) == [b"inner\n", b"outer\n"]


@pytest.mark.parametrize("name", [b"1.py", b"0.py"])
def test_the_place_of_a_stand_in_cannot_be_taken(repo, name):
    taken = repo.files({name: "taken\n"})
    head = repo.tree((0o100644, b"\xfe.py", repo.blob("odd\n")), (0o40000, b"unnameable", taken))
    change = repo.change(repo.empty, head)
    assert sorted(content(file) for file in change.looked_at) == [b"odd\n", b"taken\n"]


def test_a_hundred_megabytes_are_named_and_not_copied(repo):
    head = {b"zeros.bin": bytes(100 * 1024 * 1024), b"a.py": "x\n"}
    tree = repo.files(head)
    started = time.monotonic()
    change = repo.change(repo.empty, tree)
    assert time.monotonic() - started < 5
    assert [file.path for file in change.looked_at] == ["a.py"]
    (large,) = change.left_out
    assert large.left_out == "104,857,600 bytes; files over 1,000,000 bytes are not looked at"


def test_binary_and_empty_files(repo):
    change = of_files(repo, {}, {b"b.py": b"#!/usr/bin/python\n\0", b"e.py": b""})
    files = by_path(change)
    assert (files["b.py"].left_out, files["b.py"].head) == ("binary", "")
    assert files["b.py"].first_line == "#!/usr/bin/python"
    assert (files["e.py"].left_out, files["e.py"].lines) == ("", ())
    assert content(files["e.py"]) == b""


def test_a_binary_that_became_text_has_no_base_to_compare_with(repo):
    (file,) = of_files(repo, {b"a.py": b"\0"}, {b"a.py": b"x = 1\n"}).files
    assert (file.base, file.lines) == ("", (range(1, 2),))


def test_ignored_files_are_left_out_by_choice(repo):
    policy = ReviewPolicy(ignore=("vendor/*",))
    change = of_files(repo, {}, {b"a.py": "x\n"}, policy=policy)
    assert change.left_out == ()
    tree = repo.tree((0o40000, b"vendor", repo.files({b"v.py": "v\n"})))
    change = repo.change(repo.empty, tree, policy)
    assert [file.left_out for file in change.files] == [IGNORED]
    assert change.missed == ()


def test_only_so_many_files_are_looked_at_and_the_rest_is_named(repo):
    change = of_files(
        repo, {}, {b"%d.py" % n: "x\n" for n in range(5)}, policy=ReviewPolicy(max_files=3)
    )
    assert len(change.looked_at) == 3
    assert {file.left_out for file in change.left_out} == {
        "only the first 3 files of a change are looked at"
    }


def test_only_so_many_bytes_are_copied_and_the_rest_is_named():
    raw = [
        RawEntry(Kind.MODIFIED, 0o100644, 0o100644, "b", "h", b"%d.py" % n, b"%d.py" % n)
        for n in range(3)
    ]
    policy = ReviewPolicy(max_file_bytes=1024**3)
    for sizes in ({"h": 200 * 1024**2, "b": 1}, {"b": 200 * 1024**2, "h": 1}):
        reasons = [entry.left_out for entry in _admitted(raw, sizes, policy)]
        assert reasons == ["", "", "only the first 512 MiB of a change are looked at"]


def test_five_thousand_files_take_seconds(repo):
    files = {b"%04d.py" % n: f"x = {n}\n" for n in range(5000)}
    stream = b"".join(
        b"blob\nmark :%d\ndata %d\n%s\n" % (n, len(text), text.encode())
        for n, text in enumerate(files.values(), 1)
    )
    stream += b"commit refs/heads/many\ncommitter t <t@example.org> 0 +0000\ndata 0\n"
    stream += b"".join(b"M 644 :%d %s\n" % (n, name) for n, name in enumerate(files, 1))
    repo.git("fast-import", "--quiet", given=stream)
    started = time.monotonic()
    change = repo.change(repo.empty, "many")
    assert len(change.looked_at) == 5000
    assert time.monotonic() - started < 10


def test_a_shallow_clone_is_reviewed_as_far_as_it_reaches(repo, make_repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "x = 2\n"})
    shallow = make_repo("shallow")
    shallow.git("fetch", "-q", "--depth=2", f"file://{repo.folder}", "main:main2")
    assert [file.lines for file in shallow.change("main2~1", "main2").files] == [(range(1, 2),)]


def test_what_a_partial_clone_lacks_is_named_and_not_fetched(repo, make_repo, canary):
    repo.commit({"a.py": "x = 1\n" * 9, "b.py": "y = 1\n" * 9})
    repo.git("mv", "b.py", "c.py")
    repo.commit({"a.py": "x = 2\n", "c.py": "y = 1\n" * 9 + "z"})
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = make_repo("partial")
    partial.git("remote", "add", "origin", f"file://{repo.folder}")
    partial.git("fetch", "-q", "--filter=blob:none", "origin", "main")
    partial.git("config", "remote.origin.uploadpack", canary)
    change = partial.change("origin/main~1", "origin/main")
    files = by_path(change)
    assert change.looked_at == ()
    assert {files["a.py"].left_out, files["c.py"].left_out} == {NOT_HERE}


def test_a_damaged_blob_costs_only_its_own_file(repo):
    head = {b"%d.py" % n: f"x = {n}\n" for n in range(6)}
    tree = repo.files(head)
    for n in (2, 4):
        id_ = repo.blob(f"x = {n}\n")
        path = repo.folder / ".git/objects" / id_[:2] / id_[2:]
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-6])
    files = by_path(repo.change(repo.empty, tree))
    assert {path for path, file in files.items() if file.head} == {"0.py", "1.py", "3.py", "5.py"}
    assert files["2.py"].left_out
    assert files["4.py"].left_out


def test_nothing_of_the_repository_is_obeyed_or_run(repo, canary):
    repo.commit({"a.py": "x = 1\ny = 1\n", "b.py": "a = 1\n"})
    attributes = "*.py diff=x filter=x working-tree-encoding=UTF-16 export-ignore ident\n"
    repo.git("-c", "core.attributesFile=/dev/null", "add", "-A")
    hidden = repo.blob(attributes + "b.py -diff\n")
    head = repo.tree(
        (0o100644, b".gitattributes", hidden),
        (0o100644, b"a.py", repo.blob("x = 1\neval(y)\n")),
        (0o100644, b"b.py", repo.blob("a = 2\n")),
    )
    for name in (
        "core.fsmonitor", "core.sshCommand", "core.pager", "diff.external", "diff.x.textconv",
        "diff.x.command", "filter.x.smudge", "filter.x.clean", "filter.x.process",
        "core.alternateRefsCommand", "credential.helper", "gpg.program",
    ):  # fmt: skip
        repo.git("config", name, canary)
    repo.git("config", "core.bigFileThreshold", "1")
    repo.git("config", "diff.orderFile", "/etc/passwd")
    (repo.folder / ".git/info/attributes").write_text(attributes + "* -diff\n")
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        (repo.folder / ".git/hooks" / hook).symlink_to(canary)
    before = repo.state()
    files = by_path(repo.change("HEAD", head))
    assert content(files["a.py"]) == b"x = 1\neval(y)\n"
    assert (files["a.py"].lines, files["b.py"].lines) == ((range(2, 3),), (range(1, 2),))
    assert repo.state() == before


def test_replaced_objects_are_not_believed(repo):
    repo.commit({"a.py": "x = 1\n"})
    head = repo.commit({"a.py": "eval(x)\n"})
    repo.git("replace", head, repo.git("rev-parse", "HEAD~1"))
    (file,) = repo.change(f"{head}~1", head).files
    assert content(file) == b"eval(x)\n"


def test_a_lock_file_may_be_ten_times_as_long_as_another(repo):
    long = "x = 1\n" * 200_000
    repo.commit()
    repo.commit({"uv.lock": long, "data.toml": long})
    change = repo.change()

    assert [file.path for file in change.missed] == ["data.toml"]
    assert [file.path for file in change.looked_at] == ["uv.lock"]


@pytest.mark.parametrize(
    ("old", "new"), [("notes", "Dockerfile"), ("deps.txt", "requirements.txt"), ("a", "a.py")]
)
def test_a_new_name_that_others_read_makes_all_of_a_file_new(repo, old, new):
    repo.commit({old: "FROM x\n" * 30})
    repo.git("mv", old, new)
    repo.commit()
    (file,) = repo.change().files

    assert file.lines == (range(1, 31),)
    assert file.base == ""
