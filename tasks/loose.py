"""Read what lies in a work tree, and write it as git objects, without a process for each file."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from pathlib import Path

from tasks.core.change import LINK

LARGEST = 64 * 1024**2
"""Bytes of the largest file that is read: a larger one has no content in the tree we make,
and the review says so."""


class NotAFileError(Exception):
    """There is no file or link there (any more): a folder, a pipe, a socket, nothing."""

    def __init__(self, *, is_folder: bool) -> None:
        super().__init__("a folder" if is_folder else "no file")
        self.is_folder = is_folder


def read_entry(folder: str, path: bytes) -> tuple[int, bytes | int]:
    """Return git's mode of a path and its content, or its size where that is too large.

    Raises:
        NotAFileError: there is nothing to read.
        OSError: it cannot be read.
    """
    where = os.path.join(os.fsencode(folder), path)  # noqa: PTH118 - bytes
    try:
        mode = os.lstat(where).st_mode
        if stat.S_ISLNK(mode):
            return LINK, os.readlink(where)  # noqa: PTH115 - bytes
        if not stat.S_ISREG(mode):
            raise NotAFileError(is_folder=stat.S_ISDIR(mode))
        handle = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotAFileError(is_folder=False) from error
    with os.fdopen(handle, "rb") as file:
        kind = 0o100755 if mode & stat.S_IXUSR else 0o100644
        size = os.fstat(handle).st_size
        return (kind, size) if size > LARGEST else (kind, file.read(LARGEST))


class ObjectWriter:
    """Writes blobs into an object directory of our own, as git's loose objects.

    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    """

    def __init__(self, folder: str, algorithm: str) -> None:
        self._folder = Path(folder)
        self._algorithm = algorithm
        self.nothing = b"0" * (hashlib.new(algorithm, usedforsecurity=False).digest_size * 2)

    def write(self, content: bytes | int) -> str:
        """Return the id of a blob, written if it is not there yet; a mere size is not written."""
        if isinstance(content, int):
            return self._id(b"too large %d" % content)
        data = b"blob %d\0" % len(content) + content
        name = self._id(data)
        path = self._folder / name[:2] / name[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(data, 1))
        return name

    def _id(self, data: bytes) -> str:
        return hashlib.new(self._algorithm, data, usedforsecurity=False).hexdigest()
