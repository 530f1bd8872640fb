"""Read pytest's JUnit XML, which the tests it speaks of may have written themselves.

Format: https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files
(``junit_family=xunit1``, the one with files and lines).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_BYTES = 32 * 1024 * 1024
MOST_CASES = 200_000
DEEPEST = 16
"""pytest's own nesting is 4; expat would take any."""

LONGEST_TEXT = 100_000
"""Characters of one traceback that are kept: the last ones, where the reason is."""

LONGEST_NAME = 1_000


class UnreadableError(ValueError):
    """What a test run left is not what pytest writes."""


class Outcome(enum.StrEnum):
    """How a test ended; the order is which one counts where there are two."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    ERROR = "error"


ORDER = tuple(Outcome)

WORDS = {
    Outcome.PASSED: "passed",
    Outcome.SKIPPED: "skipped",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "ended in an error",
}

ELEMENTS = {"failure": Outcome.FAILED, "error": Outcome.ERROR, "skipped": Outcome.SKIPPED}


@dataclass(frozen=True, slots=True)
class Case:
    """One test: where it says it is, how it ended, and what pytest said about it."""

    name: str
    class_name: str = ""
    file: str = ""
    line: int = 0
    outcome: Outcome = Outcome.PASSED
    message: str = ""
    text: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the test in another run."""
        return self.class_name, self.name


@dataclass(frozen=True, slots=True)
class Suite:
    """All tests of a run."""

    cases: tuple[Case, ...] = ()

    def ended(self, *outcomes: Outcome) -> tuple[Case, ...]:
        """Return the tests that ended in one of these ways."""
        return tuple(case for case in self.cases if case.outcome in outcomes)

    def __str__(self) -> str:
        """Say how many tests ended how."""
        counts = [(outcome, len(self.ended(outcome))) for outcome in Outcome]
        first, *more = [f"{n:,} {WORDS[outcome]}" for outcome, n in counts if n] or ["0 ran"]
        tests = " test " if first.startswith("1 ") else " tests "
        return ", ".join([first.replace(" ", tests, 1), *more])


def read_suite(data: bytes) -> Suite:
    """Return the tests of a JUnit XML file.

    Raises:
        UnreadableError: it is too large, no XML, or not what pytest writes.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"larger than {MOST_BYTES // 1024 // 1024} MB")
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse  # without a doctype there are no entities
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        raise UnreadableError(f"no XML: {error}") from error
    if not reading.suites:
        raise UnreadableError("no test suite in it")
    return Suite(tuple(reading.cases))


def _refuse(*_: object) -> None:
    raise UnreadableError("it has a document type, which pytest never writes")


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    cases: list[Case] = field(default_factory=list)
    suites: int = 0
    depth: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = Outcome.PASSED
    message: str = ""
    text: list[str] = field(default_factory=list)
    listening: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableError("nested deeper than pytest nests")
        if name == "testsuite":
            self.suites += 1
        elif name == "testcase":
            self.attributes = attributes
            self.outcome, self.message, self.text = Outcome.PASSED, "", []
        elif name in ELEMENTS:
            found = ELEMENTS[name]
            self.listening = ORDER.index(found) > ORDER.index(self.outcome)
            if self.listening:
                self.outcome, self.text = found, []
                self.message = attributes.get("message", "")[:LONGEST_TEXT]

    def characters(self, text: str) -> None:
        if self.listening:
            self.text.append(text)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name in ELEMENTS:
            self.listening = False
        elif name == "testcase":
            if len(self.cases) >= MOST_CASES:
                raise UnreadableError(f"more than {MOST_CASES:,} tests")
            self.cases.append(self._case())

    def _case(self) -> Case:
        line = self.attributes.get("line", "")
        return Case(
            name=self.attributes.get("name", "")[:LONGEST_NAME],
            class_name=self.attributes.get("classname", "")[:LONGEST_NAME],
            file=self.attributes.get("file", "")[:LONGEST_NAME],
            # pytest counts from 0: https://github.com/pytest-dev/pytest/blob/8.3.4/src/_pytest/reports.py#L52
            line=int(line) + 1 if line.isascii() and line.isdigit() and len(line) < 8 else 0,  # noqa: PLR2004 - ten million lines
            outcome=self.outcome,
            message=self.message,
            text="".join(self.text)[-LONGEST_TEXT:],
        )
