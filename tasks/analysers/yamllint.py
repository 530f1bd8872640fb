"""yamllint: YAML that cannot be read, or that is read as something else than it looks.

Run by our probe over its library: as a command it exits 1 both when it found something and when
it died on a file. Templates are left alone: they are no YAML yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.analysers.probed import probe
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

SEVERITIES = {
    "syntax": Severity.ERROR,
    "key-duplicates": Severity.ERROR,
    "anchors": Severity.WARNING,
    "octal-values": Severity.INFO,
    "truthy": Severity.INFO,
}


def is_template(path: str) -> bool:
    """Return whether a file's path says that something else is made from it: Helm, cookiecutter."""
    return "templates/" in path or "{{" in path


def wants(path: str, first_line: str) -> bool:
    del first_line
    named = path.rsplit("/", 1)[-1] in {".yamllint", ".clang-format", "CITATION.cff"}
    return (named or suffix(path) in {".yaml", ".yml"}) and not is_template(path)


def command(target: Target) -> list[str]:
    return probe("yaml_lint", files=target.files)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    def severity(item: dict[str, Any]) -> Severity:
        if is_test(target.paths.get(item["path"], "")):
            return Severity.INFO  # a test's data may be broken on purpose
        return SEVERITIES.get(item["rule"], Severity.WARNING)

    return answers(output, "yamllint", severity)


ANALYSER = Analyser(
    name="yamllint",
    step="config_validation",
    title="YAML that cannot be read, and names that are there twice",
    url="https://yamllint.readthedocs.io/en/stable/rules.html",
    distribution="yamllint",
    wants=wants,
    command=command,
    parse=parse,
)
