"""JSON, TOML and INI files that cannot be read, or that say something twice: a probe of our own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.analysers.yamllint import is_template
from tasks.analysers.probed import probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

SUFFIXES = {".json", ".jsonc", ".toml", ".ini", ".cfg", ".webmanifest", ".code-workspace"}
NAMES = {
    ".coveragerc", ".flake8", ".pylintrc", "pylintrc", ".pydocstyle", "Pipfile", "Pipfile.lock",
    ".babelrc", ".swcrc", ".renovaterc", "uv.lock", "poetry.lock", "pdm.lock", "composer.lock",
}  # fmt: skip

SEVERITIES = {
    "json": Severity.ERROR,
    "toml": Severity.ERROR,
    "ini": Severity.ERROR,
    "json-duplicate": Severity.ERROR,
}


def wants(path: str, first_line: str) -> bool:
    del first_line
    known = suffix(path) in SUFFIXES or path.rsplit("/", 1)[-1] in NAMES
    return known and not is_template(path)


def command(target: Target) -> list[str]:
    return probe("data_syntax", files=target.files)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    def severity(item: dict[str, Any]) -> Severity:
        if is_test(target.paths.get(item["path"], "")):
            return Severity.INFO  # a test's data may be broken on purpose
        return SEVERITIES.get(item["rule"], Severity.WARNING)

    return answers(output, "data_syntax", severity)


ANALYSER = Analyser(
    name="data_syntax",
    step="config_validation",
    title="JSON, TOML and INI that cannot be read, and names that are there twice",
    url="https://www.rfc-editor.org/rfc/rfc8259",
    distribution="packaging",  # ours: what it needs comes with Python
    wants=wants,
    command=command,
    parse=parse,
)
