"""Print what yamllint says about YAML files, each on its own, whatever their comments ask for.

As a command it dies at the first file that is not UTF-8, exits 1 as if it had looked, and has
said nothing of the files behind it.
"""

# mypy: disable-error-code="import-untyped"
# yamllint has no type hints that mypy takes

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from tasks.probes.files import Item, looked_at, operands, tell, text_of
from tasks.probes.yaml_events import odd_character, problems

LARGE = 150_000
"""Characters from which on only syntax and repeated names are looked for, by libyaml:
yamllint's own reader takes 14 seconds for a megabyte."""

RULES = """
rules:
  anchors: {forbid-undeclared-aliases: true, forbid-duplicated-anchors: true}
  key-duplicates: enable
  octal-values: {forbid-implicit-octal: true, forbid-explicit-octal: false}
  truthy: {check-keys: false}
"""

_SILENCER = re.compile(r"(#\s*yamllin)t(\s+(?:disable|enable))")


def look(path: str) -> Iterator[Item]:
    """Yield what yamllint says about one file."""
    text = _SILENCER.sub(r"\1_\2", text_of(path))  # as long as before: the columns stay
    quick = list(problems(text))  # raises where it is nested too deep for yamllint
    if len(text) > LARGE:
        yield from quick
        return
    try:
        yield from [item(problem) for problem in linter.run(text, CONFIG, path)]
    except yaml.reader.ReaderError as error:
        yield odd_character(text, error)


def item(problem: linter.LintProblem) -> Item:
    """Return one of yamllint's problems as a remark."""
    return {
        "line": problem.line,
        "column": problem.column,
        "rule": problem.rule or "syntax",
        "message": problem.desc.removeprefix("syntax error: ").removesuffix(" (syntax)"),
    }


CONFIG = YamlLintConfig(RULES)


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    tell(looked_at(operands(arguments), look))


if __name__ == "__main__":
    main(sys.argv)
