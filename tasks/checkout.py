"""Prepare a review: what differs, and copies of it that any tool can be given safely.

The copies are made from git's objects, never by a checkout: no attribute, filter or link
of the reviewed tree is obeyed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tasks.analysers import ANALYSERS
from tasks.blobs import sizes as sizes_of
from tasks.copies import Copy, copy_blobs
from tasks.core.change import IGNORED, LINK, REGULAR, SUBMODULE, ChangedFile, ChangeSet, Kind
from tasks.core.diff import RawEntry, parse_hunks, safe_name, shown
from tasks.core.policy import ReviewPolicy
from tasks.git import Repository

TOTAL_BYTES = 512 * 1024 * 1024
"""What the copies of one review may take on disk, each side."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One changed file on its way to a copy."""

    number: int
    raw: RawEntry
    size: int
    left_out: str

    @property
    def name(self) -> str:
        return safe_name(self.raw.path, self.number)

    @property
    def became(self) -> bool:
        """Return whether it is now a kind of file that it was not: all of it is new as such."""
        raw = self.raw
        if raw.kind is Kind.RETYPED:
            return True
        return raw.kind is Kind.RENAMED and _sort(raw.path) != _sort(raw.base_path)

    @property
    def differs(self) -> bool:
        """Return whether it has lines that are new."""
        return self.became or self.raw.blob != self.raw.base_blob


def _sort(path: bytes) -> tuple[frozenset[str], bool]:
    """Return what a file is by its name: who reads it, and whether GitHub may run it."""
    name = shown(path)
    readers = (tool.name for tool in ANALYSERS.values() if tool.wants(name, ""))
    return frozenset(readers), path.startswith(b".github/")


def prepare(
    repository: Repository, base: str, head: str, *, name: str, scratch: str, policy: ReviewPolicy
) -> ChangeSet:
    """Return the change from one commit or tree to another, with copies of what changed.

    ``repository`` has a scratch place for objects; ``base`` and ``head`` are ids.
    """
    git = repository.own
    base_tree, head_tree = git.tree(base), git.tree(head)
    raw = git.differing(base_tree, head_tree)
    sizes = sizes_of(git, [id_ for e in raw for id_ in (e.blob, e.base_blob) if id_])
    entries = _admitted(raw, sizes, policy)
    heads = copy_blobs(git, "head", scratch, _wanted_heads(entries))
    bases = copy_blobs(git, "base", scratch, _wanted_bases(entries, sizes, policy))
    lines = _changed_lines(git, entries, heads, bases)
    files = tuple(_file(entry, heads, bases, lines) for entry in entries)
    return ChangeSet(
        name=name,
        base=base,
        head=head,
        files=files,
        repository=repository.folder,
        scratch=scratch,
        base_tree=base_tree,
        head_tree=head_tree,
    )


def _admitted(
    raw: Sequence[RawEntry], sizes: Mapping[str, int], policy: ReviewPolicy
) -> list[_Entry]:
    """Return the files with the reason why one is not looked at, where there is one."""
    total = 0
    entries = []
    same = Counter(shown(entry.path) for entry in raw)
    for number, entry in enumerate(raw):
        size = sizes.get(entry.blob, 0)
        why = _why_not(entry, sizes.get(entry.blob), policy)
        if not why and same[shown(entry.path)] > 1:
            why = "another file of the change has the same name"
        if not why and number >= policy.max_files:
            why = f"only the first {policy.max_files:,} files of a change are looked at"
        if not why and entry.kind is not Kind.DELETED:
            total += max(size, _small(entry, sizes, policy))
            if total > TOTAL_BYTES:
                why = f"only the first {TOTAL_BYTES // 1024**2} MiB of a change are looked at"
        entries.append(_Entry(number, entry, size, why))
    return entries


LOCKS = frozenset(
    {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "yarn.lock"}
)
"""Files that are long by nature, and in which what is new is looked up: ten times as much."""


def _most(path: str, policy: ReviewPolicy) -> int:
    """Return how many bytes of a file are looked at."""
    return policy.max_file_bytes * (10 if path.rpartition("/")[2] in LOCKS else 1)


def _small(raw: RawEntry, sizes: Mapping[str, int], policy: ReviewPolicy) -> int:
    """Return the size of a base's file that is here and not too large to be copied, else -1."""
    size = sizes.get(raw.base_blob, -1)
    return size if size <= _most(shown(raw.base_path), policy) else -1


NOT_A_FILE = {
    LINK: "a symbolic link; links are not followed",
    SUBMODULE: "a submodule; its own repository is not looked at",
}


def _why_not(entry: RawEntry, size: int | None, policy: ReviewPolicy) -> str:
    """Return why a file is not looked at, or nothing."""
    path = shown(entry.path)
    most = _most(path, policy)
    if entry.kind is Kind.DELETED:
        return ""
    if any(fnmatchcase(path, pattern) for pattern in policy.ignore):
        return IGNORED
    if entry.mode not in REGULAR:
        return NOT_A_FILE.get(entry.mode, f"not a regular file (mode {entry.mode:o})")
    if size is None:
        return "its content is not in this clone, or too large to be read"
    return f"{size:,} bytes; files over {most:,} bytes are not looked at" if size > most else ""


def _wanted_heads(entries: Iterable[_Entry]) -> dict[str, list[tuple[int, str]]]:
    """Return, by blob, the numbers and names of the copies to make of the head."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for entry in entries:
        if not entry.left_out and entry.raw.blob:
            wanted[entry.raw.blob].append((entry.number, entry.name))
    return wanted


def _wanted_bases(
    entries: Iterable[_Entry], sizes: Mapping[str, int], policy: ReviewPolicy
) -> dict[str, list[tuple[int, str]]]:
    """Return the same of the base, for files that there is something to compare with."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for entry in entries:
        raw = entry.raw
        if entry.left_out or raw.kind is Kind.DELETED or raw.base_mode not in REGULAR:
            continue
        if _small(raw, sizes, policy) >= 0:
            wanted[raw.base_blob].append((entry.number, safe_name(raw.base_path, entry.number)))
    return wanted


def _changed_lines(
    repository: Repository,
    entries: Iterable[_Entry],
    heads: Mapping[int, Copy],
    bases: Mapping[int, Copy],
) -> dict[int, tuple[range, ...]]:
    """Return the lines each head file has that its base has not.

    Where tools may number them otherwise, every line counts: a line nobody can name is no place
    to hide.
    Git compares two trees of ours that hold the files under their numbers, so that neither a
    name nor an attribute of theirs has a say.
    """
    changed = [e for e in entries if e.number in heads and e.differs]
    pairs = [e for e in changed if e.number in bases and not (e.became or heads[e.number].odd)]
    compared = {entry.number for entry in pairs}
    lines: dict[int, tuple[range, ...]] = {
        entry.number: (range(1, heads[entry.number].lines + 1),)
        for entry in changed
        if entry.number not in compared and heads[entry.number].lines
    }
    if not pairs:
        return lines
    before = _numbered_tree(repository, [(e.number, e.raw.base_blob) for e in pairs])
    after = _numbered_tree(repository, [(e.number, e.raw.blob) for e in pairs])
    options = ("-r", "-p", "-U0", "--text", "--no-renames", "--no-ext-diff", "--no-textconv")
    patch = repository.lines("diff-tree", *options, "--no-color", "--no-prefix", before, after)
    return lines | parse_hunks(patch)


def _numbered_tree(repository: Repository, files: Sequence[tuple[int, str]]) -> str:
    """Write a tree that holds blobs under their numbers; return its id."""
    rows = sorted(f"100644 blob {blob}\t{number}" for number, blob in files)
    return repository.run("mktree", "-z", given="\0".join(rows).encode() + b"\0").decode().strip()


def _file(
    entry: _Entry,
    heads: Mapping[int, Copy],
    bases: Mapping[int, Copy],
    lines: Mapping[int, tuple[range, ...]],
) -> ChangedFile:
    """Return one file of the change, as the domain knows it."""
    raw, head, base = entry.raw, heads.get(entry.number), bases.get(entry.number)
    file = ChangedFile(
        path=shown(raw.path),
        kind=raw.kind,
        mode=raw.mode,
        blob=raw.blob,
        base_path=shown(raw.base_path),
        base_blob=raw.base_blob,
        size=entry.size,
        base=base.path if base and not base.binary and not entry.became else "",
        left_out=entry.left_out,
    )
    if head is None:
        damaged = raw.kind is not Kind.DELETED and not file.left_out
        return replace(file, left_out="its content is damaged") if damaged else file
    if head.binary:
        return replace(file, left_out="binary", first_line=head.first_line)
    return replace(
        file,
        head=head.path,
        first_line=head.first_line,
        lines=lines.get(entry.number, ()),
        odd=head.odd,
    )
