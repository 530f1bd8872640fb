"""The driver all analysers are tested with: real tools over real files."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from tasks.analyse import Look, analyse
from tasks.analysers import ANALYSERS
from tasks.core.change import ChangedFile, ChangeSet, Kind


def _copied(root: Path, name: str, content: str | bytes) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def _blob(content: str | bytes) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


@pytest.fixture
def look_at(tmp_path):
    """Let one analyser look at files; returns its whole Answer.

    ``look_at("ruff", {"a.py": "import os\\n"}, before={"a.py": "x = 1\\n"})``
    """

    def look(name, files, before=None, settings=None, python="3.11", seconds=60):
        before = before or {}
        changed = tuple(
            ChangedFile(
                path=path,
                kind=Kind.MODIFIED if path in before else Kind.ADDED,
                blob=_blob(content),
                base_path=path if path in before else "",
                base_blob=_blob(before[path]) if path in before else "",
                size=len(content),
                lines=(range(1, 1_000_000),),
                head=_copied(tmp_path / "head", path, content),
                base=_copied(tmp_path / "base", path, before[path]) if path in before else "",
                first_line=(content if isinstance(content, str) else "").split("\n", 1)[0],
            )
            for path, content in files.items()
        )
        change = ChangeSet("test", "base", "head", changed, scratch=str(tmp_path))
        view = Look(change, time.monotonic() + seconds, python=python)
        return analyse(ANALYSERS[name], view, settings or {})

    return look


@pytest.fixture
def rules(look_at):
    """Return what one analyser finds, as ``(rule, path, line)`` in order."""

    def found(name, files, **more):
        answer = look_at(name, files, **more)
        assert not answer.gaps, answer.gaps
        return [(f.rule, f.path, f.line) for f in answer.findings]

    return found
