"""Decide what an OSV record says of one version: whether it is hit, how bad it is, what mends it.

The format: https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any, Protocol

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tasks.probes.pins import Pin

Record = dict[str, Any]

WORDS = {
    "LOW": "low",
    "MODERATE": "medium",
    "MEDIUM": "medium",
    "HIGH": "high",
    "CRITICAL": "critical",
}


class Ordered(Protocol):
    """A version that can be compared."""

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 - only with its own kind
        """Return whether it comes before another."""
        ...


def same_name(ecosystem: str, name: str) -> str:
    """Return the name by which two spellings of a package are the same."""
    return canonicalize_name(name) if ecosystem == "PyPI" else name


def about(record: Record, pin: Pin) -> list[Record]:
    """Return the parts of a record that are about the package of a pin."""
    return [
        part
        for part in record.get("affected", [])
        if part.get("package", {}).get("ecosystem") == pin.ecosystem
        and same_name(pin.ecosystem, str(part["package"].get("name"))) == pin.name
    ]


def hits(record: Record, pin: Pin) -> bool:
    """Return whether a record is about the version of a pin."""
    if record.get("withdrawn"):
        return False
    version = ordered(pin.ecosystem, pin.version)
    for part in about(record, pin):
        if pin.version in part.get("versions", []):
            return True
        for each in part.get("ranges", []):
            if each.get("type") not in {"ECOSYSTEM", "SEMVER"} or version is None:
                continue
            if _inside(version, each.get("events", []), pin.ecosystem):
                return True
    return False


def _inside(version: Ordered, events: Iterable[dict[str, str]], ecosystem: str) -> bool:
    """Return whether a version lies in a range, by OSV's own algorithm over sorted events."""
    known = []
    for event in events:
        for what, text in event.items():
            at = ordered(ecosystem, text)
            if at is not None and what in {"introduced", "fixed", "last_affected"}:
                known.append((at, what))
    known.sort(key=lambda event: event[0])
    hit = False
    for at, what in known:
        if what == "introduced" and not version < at:
            hit = True
        elif (what == "fixed" and not version < at) or (what == "last_affected" and at < version):
            hit = False
    return hit


def ordered(ecosystem: str, text: str) -> Ordered | None:
    """Return a version that compares as its ecosystem has it, or None for what is none."""
    if ecosystem == "npm":
        return SemVer.read("0.0.0-0" if text == "0" else text)
    try:
        return Version(text)
    except InvalidVersion:
        return None


class SemVer:
    """A version by https://semver.org, as far as order goes."""

    _FORM = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")

    def __init__(self, numbers: tuple[int, ...], before: tuple[str, ...]) -> None:
        self.numbers = numbers
        self.before = before

    @classmethod
    def read(cls, text: str) -> SemVer | None:
        """Return the version a text is, or None."""
        form = cls._FORM.fullmatch(text)
        if form is None:
            return None
        return cls(tuple(map(int, form.groups()[:3])), tuple((form[4] or "").split(".")))

    def __lt__(self, other: SemVer, /) -> bool:
        """Return whether it comes before another; a pre-release comes before its release."""
        if self.numbers != other.numbers:
            return self.numbers < other.numbers
        if self.before == ("",) or other.before == ("",):
            return self.before != ("",) and other.before == ("",)
        for ours, theirs in zip_longest(self.before, other.before):
            if ours != theirs:
                return _rank(ours) < _rank(theirs)
        return False


def _rank(part: str | None) -> tuple[int, int, str]:
    """Return what orders a part of a pre-release: none, then numbers, then words."""
    if part is None:
        return (0, 0, "")
    return (1, int(part), "") if part.isdigit() else (2, 0, part)


def fixed_in(record: Record, pin: Pin) -> str:
    """Return the first version after a pin's own in which it is mended, or nothing."""
    ours = ordered(pin.ecosystem, pin.version)
    later = []
    for part in about(record, pin):
        for each in part.get("ranges", []):
            for event in each.get("events", []) if each.get("type") != "GIT" else []:
                at = ordered(pin.ecosystem, event.get("fixed", "?"))
                if ours is not None and at is not None and ours < at:
                    later.append((at, event["fixed"]))
    return str(min(later, key=lambda found: found[0])[1]) if later else ""


def how_bad(record: Record) -> str:
    """Return low, medium, high or critical, or nothing where nobody has said."""
    word = record.get("database_specific", {}).get("severity", "")
    if str(word).upper() in WORDS:
        return WORDS[str(word).upper()]
    scores = [base_score(str(each.get("score"))) for each in record.get("severity", [])]
    worst = max(scores, default=0.0)
    steps = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))  # CVSS 3.1, 5
    return next((name for least, name in steps if worst >= least), "")


_WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {
    "U": {"N": 0.85, "L": 0.62, "H": 0.27},
    "C": {"N": 0.85, "L": 0.68, "H": 0.5},
}


def base_score(vector: str) -> float:
    """Return the base score of a CVSS 3 vector, 0 for another: CVSS 3.1 specification, 7.1."""
    if not vector.startswith("CVSS:3"):
        return 0.0
    said = dict(part.split(":", 1) for part in vector.split("/") if ":" in part)
    try:
        weight = {name: values[said[name]] for name, values in _WEIGHTS.items()}
        privileges = _PRIVILEGES[said["S"]][said["PR"]]
    except KeyError:
        return 0.0
    iss = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    changed = said["S"] == "C"
    impact = 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15 if changed else 6.42 * iss
    if impact <= 0:
        return 0.0
    ease = 8.22 * weight["AV"] * weight["AC"] * privileges * weight["UI"]
    score = min((1.08 if changed else 1.0) * (impact + ease), 10)
    return -(-round(score * 100_000) // 10_000) / 10  # the specification's own way to round up
