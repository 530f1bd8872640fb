from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from tasks.core.change import Kind
from tasks.errors import CannotReview
from tasks.git import EMPTY_TREE, open_repository
from tasks.git_safety import Bounds, absolute_only, last_words


def opened(repo):
    return open_repository(str(repo.folder))


@pytest.fixture
def change(repo):
    """Two commits: ``a.py`` is modified, ``b.py`` is renamed."""
    repo.commit({"a.py": "x = 1\n", "b.py": "y = 1\n" * 20})
    repo.git("mv", "b.py", "c.py")
    repo.commit({"a.py": "x = 2\n"})
    return repo


def test_a_revision_becomes_an_id(change):
    repository = opened(change)
    assert repository.resolve("HEAD") == change.git("rev-parse", "HEAD")
    assert repository.resolve("main~1") == change.git("rev-parse", "HEAD~1")
    assert repository.resolve("HEAD^{tree}") == change.git("rev-parse", "HEAD^{tree}")


def test_an_annotated_tag_is_its_commit(change):
    change.git("tag", "-a", "-m", "a tag", "v1")
    assert opened(change).resolve("v1") == change.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    "revision",
    [
        "nowhere",
        "--help",
        "-n1",
        "--output=x",
        "",
        "HEAD~99",
        "a..b",
        "a\0b",
        "\ud800",
        "HEAD:a.py",
    ],
)
def test_an_unknown_revision_is_refused_in_one_line(change, revision):
    with pytest.raises(CannotReview) as error:
        opened(change).resolve(revision)
    assert "\n" not in str(error.value)


def test_a_revision_that_is_too_long_is_refused(change):
    with pytest.raises(CannotReview, match="too long"):
        opened(change).resolve("x" * 3_000_000)


def test_what_to_do_about_an_unknown_revision_is_said(repo, make_repo):
    with pytest.raises(CannotReview, match="no commit yet"):
        opened(repo).resolve("HEAD")
    repo.commit({"a": "1"})
    with pytest.raises(CannotReview, match="git log"):
        opened(repo).resolve("nowhere")
    repo.commit({"a": "2"})
    shallow = make_repo("shallow")
    shallow.git("fetch", "-q", "--depth=1", f"file://{repo.folder}", "main:other")
    shallow.git("checkout", "-q", "other")
    with pytest.raises(CannotReview, match="unshallow"):
        opened(shallow).resolve("HEAD~1")
    assert opened(shallow).is_shallow
    assert not opened(shallow).has_parent("HEAD")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_empty_tree_is_a_base_whatever_the_hash(make_repo, algorithm):
    repo = make_repo("hashed", f"--object-format={algorithm}")
    repo.commit({"a.py": "x = 1\n"})
    (file,) = repo.change(EMPTY_TREE, "HEAD").files
    assert (file.kind, file.lines) == (Kind.ADDED, (range(1, 2),))


def test_renames_are_found(change):
    kinds = {entry.path: entry.kind for entry in opened(change).differing("HEAD~1", "HEAD")}
    assert kinds == {b"a.py": Kind.MODIFIED, b"c.py": Kind.RENAMED}


def test_a_module_list_cannot_hide_a_submodule(repo):
    one, two = "1" * 40, "2" * 40
    repo.commit({".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ./s\n\tignore = all\n'})
    listed = (0o100644, b".gitmodules", repo.git("rev-parse", "HEAD:.gitmodules"))
    before = repo.tree(listed, (0o160000, b"s", one))
    after = repo.tree(listed, (0o160000, b"s", two))
    (file,) = repo.change(before, after).files
    assert (file.path, file.left_out) == ("s", "a submodule; its own repository is not looked at")


def test_the_merge_base_is_where_they_parted(change):
    parted = change.git("rev-parse", "HEAD")
    change.git("checkout", "-q", "-b", "side")
    side = change.commit({"s": "1"})
    change.git("checkout", "-q", "main")
    main = change.commit({"m": "1"})
    assert opened(change).merge_base(side, main) == parted


def test_unrelated_histories_have_no_merge_base(change):
    old = change.git("rev-parse", "HEAD")
    change.git("checkout", "-q", "--orphan", "other")
    new = change.commit({})
    repository = opened(change)
    assert repository.merge_base(old, new) == ""
    assert not repository.has_parent(new)
    assert repository.has_parent(old)


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.py", "x = 2\n"), ("nowhere", None), ("folder", None), ("link", None), ("large", None)],
)
def test_only_a_small_regular_file_is_read_as_settings(change, path, text):
    change.write({"folder/x": "x", "large": "x" * 1_000_001})
    (change.folder / "link").symlink_to("/etc/passwd")
    change.commit()
    assert opened(change).text("HEAD", path) == text


def test_settings_are_read_from_anywhere_in_the_work_tree(change):
    change.commit({"folder/x": "x"})
    repository = open_repository(str(change.folder / "folder"))
    assert repository.text("HEAD", "a.py") == "x = 2\n"


@pytest.mark.parametrize(
    "name", ["with space ", 'quo"te', "back\\slash", "new\nline", "co:lon", "ünï", "-rf", "$(id)"]
)
def test_the_folder_may_have_any_name(make_repo, name):
    repo = make_repo(f"in/{name}")
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "x = 2\n"})
    assert [file.lines for file in repo.change().files] == [(range(1, 2),)]


def test_the_folder_may_have_a_name_that_is_not_text(repo):
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": "x = 2\n"})
    odd = os.fsdecode(os.fsencode(repo.folder.parent) + b"/\xff")
    repo.folder = repo.folder.rename(odd)
    assert [file.lines for file in repo.change().files] == [(range(1, 2),)]


def test_nothing_is_written_to_the_repository(change):
    before = change.state()
    change.change()
    assert change.state() == before


def test_variables_that_point_elsewhere_are_not_obeyed(change, make_repo, monkeypatch):
    other = make_repo("other")
    other.commit({"secret.py": "x"})
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git/index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.folder / ".git/objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true'")
    assert opened(change).folder == str(change.folder)
    assert [file.path for file in change.change().files] == ["a.py", "c.py"]


def test_objects_in_quarantine_are_found(change, make_repo, monkeypatch):
    copy = make_repo("copy")
    objects = change.folder / ".git/objects"
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(objects))
    head = change.git("rev-parse", "HEAD")
    copy.commit({"z": "1"})
    repository = opened(copy).with_scratch(str(copy.scratch))
    assert repository.own.tree(head) == change.git("rev-parse", "HEAD^{tree}")


def test_git_is_not_taken_from_the_repository(change, canary, monkeypatch):
    (change.folder / "git").symlink_to(canary)
    monkeypatch.chdir(change.folder)
    monkeypatch.setenv("PATH", f".::bin:{os.environ['PATH']}")
    assert opened(change).resolve("HEAD")


def test_a_relative_place_for_programs_is_left_out():
    assert absolute_only(".::/usr/bin:bin:/bin") == "/usr/bin:/bin"


def test_no_git_is_said(change, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotReview, match="git is not installed"):
        opened(change)


def test_a_folder_that_is_none_is_said(tmp_path):
    with pytest.raises(CannotReview, match="is not a folder"):
        open_repository(str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("repo")
def test_a_folder_without_a_repository_is_said(tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    with pytest.raises(CannotReview, match="not in a git repository"):
        open_repository(str(plain))


def test_a_broken_configuration_is_said_in_gits_words(repo):
    (repo.folder / ".git/config").write_text("[core\n")
    with pytest.raises(CannotReview, match="bad config line 1"):
        opened(repo)


@pytest.fixture
def somebodys(repo):
    """The repository, given to nobody; only root can do that."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]

    def give(user):
        command = [*root, "chown", "-hR", user, str(repo.folder)]
        if shutil.which(command[0]) is None:
            return "there is no sudo"
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    why_not = give("65534:65534")
    if why_not and "CI" not in os.environ:  # in CI it must not go unseen
        pytest.skip(f"only root can give a folder away: {why_not}")
    assert not why_not
    yield repo
    give(f"{os.geteuid()}:{os.getegid()}")


def test_a_repository_of_somebody_else_is_refused_with_what_to_do(somebodys, tmp_path):
    repo = somebodys
    with pytest.raises(CannotReview, match=r"safe\.directory"):
        opened(repo)
    (tmp_path / "gitconfig").write_text(f"[safe]\n\tdirectory = {repo.folder}\n")
    assert opened(repo).folder == str(repo.folder)


def test_a_bare_repository_can_be_reviewed(change, make_repo):
    bare = make_repo("bare", "--bare")
    change.git("push", "-q", str(bare.folder), "main")
    assert [file.path for file in bare.change().files] == ["a.py", "c.py"]


def test_a_linked_work_tree_can_be_reviewed(change, tmp_path):
    change.git("worktree", "add", "-q", str(tmp_path / "linked"))
    change.folder = tmp_path / "linked"
    assert [file.path for file in change.change().files] == ["a.py", "c.py"]


def test_an_answer_that_does_not_come_is_given_up(change, monkeypatch):
    shell = shutil.which("sh")
    program = change.scratch / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!{shell}\nexec sleep 60\n")
    program.chmod(0o755)
    repository = replace(opened(change), bounds=Bounds(seconds=0.2))
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with pytest.raises(CannotReview, match="no answer in"):
        repository.resolve("HEAD")


def test_a_tree_of_trees_that_names_billions_of_files_is_given_up(repo):
    level = repo.files({b"x": ""})
    for _ in range(8):
        level = repo.tree(*((0o40000, b"%d" % n, level) for n in range(10)))
    repository = replace(opened(repo), bounds=Bounds(heap=32 * 1024**2, answer=1024**2))
    with pytest.raises(CannotReview, match="more than 1 MiB"):
        repository.run("ls-tree", "-r", level)
    with pytest.raises(CannotReview, match="more files than can be reviewed"):
        repository.differing(repo.empty, level)


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (b"", "it failed without a word"),
        (b"error: a\nfatal: b\nhint: c\n", "b"),
        (b"error: a\nerror: b\n", "error: b"),
    ],
)
def test_the_reason_is_what_git_calls_fatal(errors, words):
    assert last_words(errors) == words


def test_a_long_answer_is_read_line_by_line(change):
    repository = opened(change)
    ids = list(repository.lines("rev-list", "HEAD"))
    assert [line.decode().strip() for line in ids] == change.git("rev-list", "HEAD").split()
    with pytest.raises(CannotReview, match="git rev-list"):
        list(repository.lines("rev-list", "nowhere"))


def test_a_repository_that_vanished_is_said(change):
    repository = opened(change)
    shutil.rmtree(change.folder)
    with pytest.raises(CannotReview, match="folder is gone"):
        repository.resolve("HEAD")


def test_the_tests_own_git_knows_nothing_of_this_machine(repo):
    said = subprocess.run(
        ["git", "config", "--list", "--show-scope"],
        cwd=repo.folder, env=repo.environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert {line.split("\t")[0] for line in said.splitlines()} == {"local"}


def test_git_is_told_no_secret_of_our_environment(repo, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "not-a-real-one")
    repo.commit({"a": "1"})

    told = open_repository(str(repo.folder)).run("-c", "alias.told=!env", "told").decode()

    assert "HOME=" in told
    assert "not-a-real-one" not in told
