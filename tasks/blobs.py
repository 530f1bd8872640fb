"""Read what git has stored: sizes and contents of many blobs, in one go."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence

from tasks.git import Repository
from tasks.git_safety import SAFE, environment

BAD_BLOBS = 16
"""After so many damaged blobs git is not started again: the repository is broken."""


def sizes(repository: Repository, blobs: Iterable[str]) -> dict[str, int]:
    """Return the size of each blob in bytes; what is not here is left out."""
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    asked = "\n".join(wanted).encode()
    lines = repository.run("cat-file", "--batch-check", "--buffer", given=asked)
    return {
        line.split()[0]: int(line.split()[2])
        for line in lines.decode("ascii").splitlines()
        if " blob " in line
    }


def contents(repository: Repository, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each blob with its content; what is not here, or damaged, is left out.

    Git ends at a blob that is damaged: it is asked again about those behind it.
    """
    left = list(dict.fromkeys(blobs))
    for _ in range(BAD_BLOBS):
        answered = 0
        for blob, content in _answers(repository, left):
            answered += 1
            if content is not None:
                yield blob, content
        if answered == len(left):
            return
        left = left[answered + 1 :]


def _answers(repository: Repository, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield git's answers in the order of the questions, as far as it comes."""
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{blob}\n" for blob in blobs).encode())
        asked.seek(0)
        with subprocess.Popen(
            ["git", *SAFE, "cat-file", "--batch", "--buffer"],
            cwd=repository.folder,
            env=environment(repository.environment, repository.git_dir),
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            assert git.stdout is not None  # noqa: S101 - PIPE above
            while header := git.stdout.readline():
                name, *rest = header.decode("ascii", "replace").split()
                if len(rest) != 2:  # noqa: PLR2004 - "<id> missing", not "<id> blob <size>"
                    yield name, None
                    continue
                size = int(rest[1])
                content = git.stdout.read(size)
                if len(content) < size:
                    return
                git.stdout.read(1)
                yield name, content if rest[0] == "blob" else None
