"""JSON, TOML and INI files that cannot be read, or that say something twice: a probe of our own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target, is_test, suffix
from tasks.analysers.probed import probe
from tasks.analysers.yamllint import is_template
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

_COMMENTED = re.compile(
    r"""(^|/)(
        [tj]sconfig[^/]*\.json | \.vscode/[^/]+\.json | \.?devcontainer(-lock)?\.json
        | [^/]+\.(jsonc|code-workspace) | \.(babelrc|swcrc|eslintrc|jshintrc)(\.json)?
        | (babel\.config|renovate|turbo|nx|deno|api-extractor|tslint|typedoc|wrangler)\.json
        | \.(renovaterc|hintrc)(\.json)? | settings\.json
    )$""",
    re.VERBOSE,
)
"""Files whose readers take comments and trailing commas."""

_INI = re.compile(
    r"(^|/)(setup\.cfg|(tox|pytest|mypy|alembic)\.ini|\.?pylintrc|\.bumpversion\.cfg"
    r"|\.(coveragerc|flake8|isort\.cfg|pydocstyle))$"
)
"""Files that ``configparser`` reads; other .ini and .cfg may be in a dialect of their own."""

_TOML = {"Pipfile", "uv.lock", "poetry.lock", "pdm.lock"}
_JSON = {"Pipfile.lock", "composer.lock"}

SEVERITIES = {
    "json": Severity.ERROR,
    "json-duplicate": Severity.ERROR,
    "toml": Severity.ERROR,
    "ini": Severity.ERROR,
}


def kind(path: str) -> str:
    """Return what a file is read as: json, jsonc, toml, ini, cfg for any INI, or nothing."""
    name, ending = path.rsplit("/", 1)[-1], suffix(path)
    if is_template(path):
        return ""
    if _COMMENTED.search(path):
        return "jsonc"
    if ending in {".json", ".webmanifest"} or name in _JSON:
        return "json"
    if ending == ".toml" or name in _TOML:
        return "toml"
    if _INI.search(path):
        return "ini"
    return "cfg" if ending in {".ini", ".cfg"} else ""


def wants(path: str, first_line: str) -> bool:
    del first_line
    return kind(path) != ""


def command(target: Target) -> list[str]:
    marked = [part for file in target.files for part in (kind(target.paths.get(file, file)), file)]
    return probe("data_syntax", files=marked)


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
    distribution="packaging",  # the probe needs nothing but Python; this one is always there
    wants=wants,
    command=command,
    parse=parse,
)
