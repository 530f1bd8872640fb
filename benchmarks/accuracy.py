"""Measure how often the analysers of security are right, on corpora that anybody can get.

``python -m benchmarks.accuracy``: downloads bandit's source and ActionsBench with pip, takes a
minute, prints the table of ``docs/accuracy.md``.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import Labelled, of_actions, of_bandit, of_ruff, of_secrets
from tasks.analyse import Answer, Look, analyse, version
from tasks.analysers import ANALYSERS
from tasks.analysers.contract import Setting
from tasks.core.change import ChangedFile, ChangeSet, Kind
from tasks.core.finding import Finding, Severity

NEAR = 4
"""Lines between a label and what a tool says about the same step of a workflow."""

EVERY_TEST = ",".join(
    f"B{number}"
    for numbers in (
        (101, 102, 103, 104, 105, 106, 107, 108, 110, 112, 113, 201, 202),
        (*range(301, 309), *range(310, 320), 321, 323, 324),
        (*range(401, 410), 411, 412, 413, 415, *range(501, 510)),
        (*range(601, 616), 701, 702, 703, 704),
    )
    for number in numbers
)


@dataclass(slots=True)
class Score:
    """What was found and is there, what is there and was not found, what was found and is not."""

    right: int = 0
    missed: int = 0
    wrong: int = 0
    seconds: float = 0.0
    gaps: int = 0

    @property
    def row(self) -> tuple[str, ...]:
        """Return the figures as they are printed."""
        said, there = self.right + self.wrong, self.right + self.missed
        precision = f"{self.right / said:.2f}" if said else "-"
        recall = f"{self.right / there:.2f}" if there else "-"
        counts = (self.right, self.missed, self.wrong, self.gaps)
        return (*map(str, counts), precision, recall, f"{self.seconds:.1f}")


def asked(tool: str, cases: Sequence[Labelled], settings: dict[str, Setting]) -> Answer:
    """Return what a tool says about the files of a corpus, as it would in a review."""
    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for case in cases:
            copy = Path(scratch, "head", case.path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(case.text, encoding="utf-8")
            blob = hashlib.sha256(case.text.encode()).hexdigest()
            files.append(
                ChangedFile(
                    case.path, Kind.ADDED, blob=blob, size=len(case.text), head=str(copy),
                    first_line=case.text.split("\n", 1)[0],
                )
            )  # fmt: skip
        change = ChangeSet("accuracy", "", "", tuple(files), scratch=scratch)
        return analyse(ANALYSERS[tool], Look(change, time.monotonic() + 600), settings)


def scored(
    tool: str,
    cases: Sequence[Labelled],
    settings: dict[str, Setting] | None = None,
    counts: Callable[[Finding], bool] = lambda _: True,
) -> Score:
    """Return how often a tool is right about a corpus; ``counts`` says which findings to take."""
    score = Score()
    started = time.monotonic()
    answers = [asked(name, cases, settings or {}) for name in tool.split(" and ")]
    score.seconds = time.monotonic() - started
    score.gaps = sum(len(answer.gaps) for answer in answers)
    findings = [finding for answer in answers for finding in answer.findings]
    for case in cases:
        found = [each for each in findings if each.path == case.path and counts(each)]
        if case.rule:
            found = [each for each in found if each.rule.endswith(f"/{case.rule}")][:1]
        if case.count is not None:
            score.right += min(case.count, len(found))
            score.missed += max(0, case.count - len(found))
            score.wrong += max(0, len(found) - case.count)
            continue
        near = {line for line in case.lines if any(abs(e.line - line) <= NEAR for e in found)}
        far = [e for e in found if not any(abs(e.line - line) <= NEAR for line in case.lines)]
        score.right += len(near)
        score.missed += len(case.lines) - len(near)
        score.wrong += 0 if case.lines else len({each.line for each in far})
    return score


def worth_a_warning(finding: Finding) -> bool:
    """Return whether a reader would be told."""
    return finding.severity >= Severity.WARNING


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        bandit, actions = of_bandit(Path(folder)), of_actions(Path(folder))
    ruff, secrets = of_ruff("S"), of_secrets()
    rows = [
        ("ruff's own examples (S)", "ruff_security", scored("ruff_security", ruff)),
        ("bandit's examples", "ruff_security", scored("ruff_security", bandit)),
        ("bandit's examples", "bandit", scored("bandit", bandit)),
        (
            "bandit's examples",
            "bandit, every test",
            scored("bandit", bandit, {"tests": EVERY_TEST}),
        ),
        ("ActionsBench", "zizmor", scored("zizmor", actions)),
        ("ActionsBench", "zizmor, warnings", scored("zizmor", actions, counts=worth_a_warning)),
        ("ActionsBench", "jactionlint", scored("jactionlint", actions)),
        ("ActionsBench", "both", scored("zizmor and jactionlint", actions)),
        ("seeded secrets", "secrets", scored("secrets", secrets)),
    ]
    if version(ANALYSERS["gitleaks"]):
        rows.append(("seeded secrets", "gitleaks", scored("gitleaks", secrets)))
    head = ("corpus", "analyser", "right", "missed", "wrong", "gaps", "precision", "recall", "s")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for corpus, tool, score in rows:
        print(f"| {' | '.join((corpus, tool, *score.row))} |")


if __name__ == "__main__":
    main()
