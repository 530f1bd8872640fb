"""Print where deepsecrets sees secrets in files: what kind and where, and never the secret.

Its command scans a folder, leaves out names like ``vendor/`` on its own, and takes a manager, a
pool and a report for it; its library looks at the files it is given.
"""

# mypy: disable-error-code="import-untyped"
# deepsecrets has no type hints that mypy takes

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from deepsecrets.core.engines.regex import RegexEngine
from deepsecrets.core.engines.semantic import SemanticEngine
from deepsecrets.core.model.file import File
from deepsecrets.core.model.finding import Finding
from deepsecrets.core.rulesets.regex import RegexRulesetBuilder
from deepsecrets.core.rulesets.regex_candidate_scoring import RegexCandidateScoringRulesetBuilder
from deepsecrets.core.rulesets.variable_scoring import VariableScoringRulesetBuilder
from deepsecrets.core.tokenizers.cheap_var_search import CheapVarSearchTokenizer
from deepsecrets.core.tokenizers.full_content import FullContentTokenizer
from deepsecrets.core.tokenizers.lexer import LexerTokenizer
from deepsecrets.core.utils.file_analyzer import FileAnalyzer
from deepsecrets.core.utils.finding_merger import FindingMerger
from deepsecrets.core.utils.fs import get_path_inside_package

from tasks.probes.files import CannotLookError, Item, looked_at, operands, tell

MEDIUM = 3
"""The confidence, of 10, that deepsecrets calls MEDIUM; what is below is noise."""

DEEP = 250_000
"""Bytes up to which files go through a lexer, deepsecrets' own default: 4 seconds a megabyte."""


PROSE = (".md", ".rst", ".adoc", ".txt")
"""Endings of files that the lexer costs the most on, and where it finds nothing more."""

BINARY = 8000
"""Bytes in which a NUL makes a file a binary one, as git has it."""


def extension(path: str) -> str | None:
    """Return the extension a file is to be read by, or None for its own.

    deepsecrets knows nothing of ``.env.production`` and finds nothing in it.
    """
    name = path.rsplit("/", 1)[-1]
    return "ini" if name.startswith(".env") or name.endswith(".env") else None


def rules(builder: Any, name: str) -> list[Any]:  # noqa: ANN401 - deepsecrets' classes have no common type
    """Return one of the rule sets deepsecrets brings."""
    builder.with_rules_from_file(get_path_inside_package(f"rules/{name}.json"))
    return list(builder.rules)


class Scanner:
    """deepsecrets' engines, with the rules it brings."""

    def __init__(self) -> None:
        candidates = rules(RegexCandidateScoringRulesetBuilder(), "regex_candidate_scoring_rules")
        self.by_pattern = RegexEngine(
            ruleset=rules(RegexRulesetBuilder(), "regexes"), candidate_rules=candidates
        )
        variables = rules(VariableScoringRulesetBuilder(), "variable_scoring_rules")
        self.by_meaning = SemanticEngine(self.by_pattern, ruleset=variables)

    def look(self, path: str) -> Iterator[Item]:
        """Yield the places of one file where a secret seems to stand."""
        data = Path(path).read_bytes()
        size = len(data)
        if not size or b"\0" in data[:BINARY]:
            return
        file = File(path=path, extension=extension(path))
        analyzer = FileAnalyzer(file)
        analyzer.add_engine(self.by_pattern, [FullContentTokenizer()])
        deep = size <= DEEP and not path.endswith(PROSE)
        lexer = [LexerTokenizer(deep_token_inspection=True)] if deep else []
        analyzer.add_engine(self.by_meaning, [*lexer, CheapVarSearchTokenizer(lexed=deep)])
        found = analyzer.process()
        if analyzer.progress.failure:
            raise CannotLookError("deepsecrets failed over it")
        for one in FindingMerger(found).merge(choose_final_rule=True):
            one.choose_final_rule()
            if not one.rejected and one.final_rule.confidence >= MEDIUM:
                yield item(one, file)


def item(found: Finding, file: File) -> Item:
    """Return the place and the kind of a finding, without what was found."""
    line = found.start_line_number or 1
    return {
        "line": line,
        "column": max(1, file.get_column_number(found.start_offset)),
        "rule": found.final_rule.id,
        "message": found.final_rule.name,
        "confidence": found.final_rule.confidence,
    }


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    logging.disable()  # what it logs may quote a file
    tell(looked_at(operands(arguments), Scanner().look))


if __name__ == "__main__":
    main(sys.argv)
