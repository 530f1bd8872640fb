"""Uncommitted changes as a tree: ``--head WORKTREE``, without writing to the repository."""

from __future__ import annotations

from pathlib import Path

from tasks.core.change import LINK, REGULAR, SUBMODULE, Kind
from tasks.core.diff import RawEntry, parse_raw
from tasks.errors import CannotReview
from tasks.git import EMPTY_TREE, Repository
from tasks.line_ends import LineEnds
from tasks.loose import NotAFileError, ObjectWriter, read_entry

WORKTREE = "WORKTREE"


def head_of(repository: Repository, revision: str) -> str:
    """Return the id of a revision, or of the tree of the uncommitted work.

    Raises:
        CannotReview: there is no such revision, or no work tree.
    """
    if revision == WORKTREE:
        born = repository.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return worktree_tree(repository, born or repository.resolve(EMPTY_TREE))
    return repository.resolve(revision)


def worktree_tree(repository: Repository, commit: str) -> str:
    """Return the id of a tree that is ``commit`` with the work tree's changes on top.

    Changed and untracked files go in, ignored ones do not. The objects are written to the
    repository's scratch place; contents are read as they lie there, through no filter, but
    for the line ends that git would change.

    Raises:
        CannotReview: the repository is bare, or something in its work tree cannot be read.
    """
    plain = Repository("", repository.folder)
    if plain.line("rev-parse", "--is-inside-work-tree") != "true":
        raise CannotReview(f"{repository.folder} is a bare repository: it has no work tree")
    own = repository.own
    theirs = {"GIT_WORK_TREE": repository.folder, **_without_programs(repository)}
    own.run("read-tree", commit)
    entries = _changed(repository, commit, theirs)
    line_ends = LineEnds(repository, theirs, entries)
    writer = ObjectWriter(
        str(Path(own.git_dir, "objects")), own.line("rev-parse", "--show-object-format")
    )
    # what has gone comes first: a file may have become a folder, or a folder a file
    rows = sorted(_row(repository, entry, writer, line_ends) for entry in entries)
    own.run("update-index", "-z", "--index-info", given=b"".join(rows))
    return own.run("write-tree", "--missing-ok").decode().strip()


def _without_programs(repository: Repository) -> dict[str, str]:
    """Return settings under which git runs none of the filters it is configured with.

    It would, to find out whether a file that has just been written is a changed one.
    """
    names = repository.run(
        "config", "-z", "--name-only", "--get-regexp", r"^filter\.", ok=(0, 1)
    ).decode("utf-8", "surrogateescape")
    drivers = {name.rpartition(".")[0] for name in names.split("\0") if name}
    settings = [
        (f"{driver}.{key}", value)
        for driver in sorted(drivers)
        for key, value in (("clean", ""), ("process", ""), ("required", "false"))
    ]
    numbered = {f"GIT_CONFIG_KEY_{i}": key for i, (key, _) in enumerate(settings)}
    values = {f"GIT_CONFIG_VALUE_{i}": value for i, (_, value) in enumerate(settings)}
    return {"GIT_CONFIG_COUNT": str(len(settings)), **numbered, **values}


def _changed(repository: Repository, tree: str, theirs: dict[str, str]) -> list[RawEntry]:
    """Return what differs in the work tree, and what is new there; ids of the head are empty."""
    options = ("-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff")
    # entering a submodule would mean running its own git, with its own settings
    raw = repository.run(
        "diff-index", *options, "--ignore-submodules=dirty", tree, environment=theirs
    )
    entries = {entry.path: entry for entry in parse_raw(raw)}
    others = repository.run(
        "ls-files", "-z", "--others", "--exclude-standard", environment=theirs
    ).split(b"\0")
    for path in others:
        if path and not (path in entries and entries[path].mode):
            base = entries.get(path)
            entries[path] = RawEntry(
                kind=Kind.MODIFIED if base else Kind.ADDED,
                base_mode=base.base_mode if base else 0,
                mode=0,
                base_blob=base.base_blob if base else "",
                blob="",
                base_path=path if base else b"",
                path=path,
            )
    return list(entries.values())


def _row(
    repository: Repository, entry: RawEntry, writer: ObjectWriter, line_ends: LineEnds
) -> bytes:
    """Return one path as a row of ``update-index --index-info``; a link goes in as a link.

    Raises:
        CannotReview: it cannot be read.
    """
    gone = b"0 " + writer.nothing + b"\t" + entry.path + b"\0"
    if entry.kind is Kind.DELETED:
        return gone
    path = entry.path.removesuffix(b"/")
    try:
        mode, content = read_entry(repository.folder, path)
    except NotAFileError as what:
        if not what.is_folder:  # a pipe, a socket, or it went while we looked
            return gone
        head = _head_of_folder(repository, path)
        return f"{SUBMODULE:o} {head}\t".encode() + path + b"\0" if head else gone
    except OSError as error:
        raise CannotReview(
            f"cannot read {path.decode('utf-8', 'backslashreplace')} ({error.strerror}); "
            "make it readable, or have .gitignore name it"
        ) from error
    if mode != LINK:
        content = line_ends.as_committed(entry, content)
        # git's own where it knows one: core.fileMode may be off
        mode = entry.mode if entry.mode in REGULAR else mode
    return f"{mode:o} {writer.write(content)}\t".encode() + path + b"\0"


def _head_of_folder(repository: Repository, path: bytes) -> str:
    """Return the commit that a repository within the work tree is at, or nothing."""
    inner = Path(repository.folder, path.decode("utf-8", "surrogateescape"))
    if not (inner / ".git").exists():
        return ""
    return Repository("", str(inner)).line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
