"""The contract of an analyser: a tool, described without running it.

A module makes one ``Analyser`` and starts nothing. ``tasks.analyse`` runs them all in the
same way: in an empty working directory, with a bare environment, over copies of the
changed files, which are the only thing it may read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tasks.core.finding import Finding
from tasks.core.report import Gap

PYTHON = (sys.executable, "-I", "-X", "utf8")
"""How to start a probe: our interpreter, which takes nothing from where it runs."""

Setting = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What one call of a tool is about.

    ``files`` are absolute paths of copies of the head's files. ``before`` gives the
    absolute path of a head file's state at the base, where there was one. ``paths`` gives
    the repository path of each of both. ``settings`` is the policy's say on this
    analyser. ``read`` returns the text of one of the files; what is not UTF-8 in it
    is replaced.
    """

    files: tuple[str, ...]
    before: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    python: str = "3.11"
    settings: Mapping[str, Setting] = field(default_factory=dict)
    read: Callable[[str], str] = str

    @property
    def everything(self) -> tuple[str, ...]:
        """Return the head's files and, behind them, their states at the base."""
        return (*self.files, *(self.before[file] for file in self.files if file in self.before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyser:
    """An external tool, described without running it."""

    name: str
    """The key in ANALYSERS, and the first half of every rule it reports: ``tool/CODE``."""

    step: str
    """The step of the plan it is a part of."""

    title: str
    """What it looks for, for people: one line."""

    url: str
    """Where its rules are described."""

    wants: Callable[[str, str], bool]
    """Whether it has anything to say about a file: its repository path, its first line."""

    command: Callable[[Target], list[str]]
    """The command line: isolated, machine-readable, ``--`` before paths where the tool takes it."""

    parse: Callable[[str, Target], Iterable[Finding | Gap]]
    """Yield what it said: findings with paths as the tool was given them, and gaps for the
    files it says it skipped. A ValueError, KeyError or TypeError means that it did not look."""

    distribution: str = ""
    """The Python distribution that brings it; its version is part of the cache key.
    Empty: a binary of the system, found by the first word of the command."""

    extra: str = ""
    """The extra that installs it; empty for the core set, which must be there."""

    opt_in: bool = False
    """Whether it looks only where the policy asks for it: ``settings: {tool: {enabled: true}}``."""

    looked: frozenset[int] = frozenset({0})
    """The exit codes that mean "I looked"; any other means that it did not. 75, "try again
    later" in sysexits.h, is how a probe says that the network kept it from looking."""

    any_text: bool = False
    """Whether it looks at every text file rather than at a language of its own."""

    compares: bool = False
    """Whether its answer depends on the base's files too."""

    whole: bool = False
    """Whether its answer on one file depends on the others: then it is asked about all of
    them in one call, and one changed file is a question about all."""

    singly: bool = False
    """Whether it is given one file a call: one bad file would cost it all the others."""

    output: str = ""
    """The file in its working directory it answers in; empty: standard output."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Files it finds in its otherwise empty working directory: empty configurations."""

    revision: int = 1
    """Raised when this module's own rules change, so that old cached answers are not used."""


def suffix(path: str) -> str:
    """Return the lower-case ending of a path, with its dot: ``.py``."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""


def is_python(path: str, first_line: str = "") -> bool:
    """Return whether it is Python source or a stub, by its name or its first line."""
    if suffix(path) in {".py", ".pyi"}:
        return True
    return not suffix(path) and first_line.startswith("#!") and "python" in first_line


def is_test(path: str) -> bool:
    """Return whether it is a test by pytest's conventions."""
    pure = PurePosixPath(path)
    return (
        pure.name.startswith("test_")
        or pure.name.endswith("_test.py")
        or pure.name == "conftest.py"
        or not {"tests", "test"}.isdisjoint(pure.parts[:-1])
    )
