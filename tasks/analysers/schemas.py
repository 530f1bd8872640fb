"""Well-known configuration files that are not as their schemas have them: CI, bots, Compose.

The schemas are those check-jsonschema brings; our probe finds the line of what is wrong. They
are made by people who use these files, and now and then stricter than the files' readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target
from tasks.analysers.probed import probe
from tasks.analysers.yamllint import is_template
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

KNOWN = tuple(
    (re.compile(rf"(^|/)({end})$"), name)
    for end, name in (
        (r"\.github/workflows/[^/]+\.ya?ml", "github-workflows"),
        (r"action\.ya?ml", "github-actions"),
        (r"\.github/dependabot\.ya?ml", "dependabot"),
        (r"\.github/ISSUE_TEMPLATE/config\.ya?ml", "github-issue-config"),
        (r"\.github/ISSUE_TEMPLATE/[^/]+\.ya?ml", "github-issue-forms"),
        (r"\.github/DISCUSSION_TEMPLATE/[^/]+\.ya?ml", "github-discussion"),
        (r"\.gitlab-ci\.ya?ml", "gitlab-ci"),
        (r"(renovate|\.renovaterc)\.json|\.renovaterc", "renovate"),
        (r"\.readthedocs\.ya?ml", "readthedocs"),
        (r"\.circleci/config\.ya?ml", "circle-ci"),
        (r"(docker-)?compose(\.[\w-]+)*\.ya?ml", "compose-spec"),
        (r"\.?codecov\.ya?ml", "codecov"),
        (r"CITATION\.cff", "citation-file-format"),
        (r"\.travis\.ya?ml", "travis"),
        (r"bitbucket-pipelines\.ya?ml", "bitbucket-pipelines"),
        (r"cloudbuild\.(ya?ml|json)", "cloudbuild"),
        (r"[Tt]askfile(\.dist)?\.ya?ml", "taskfile"),
        (r"\.mergify\.ya?ml", "mergify"),
    )
)
"""Which file has which schema, by the end of its path; the first that fits."""


def schema(path: str) -> str:
    """Return the name of the schema of a file, or nothing."""
    names = (name for pattern, name in KNOWN if pattern.search(path))
    return "" if is_template(path) else next(names, "")


def wants(path: str, first_line: str) -> bool:
    del first_line
    return schema(path) != ""


def command(target: Target) -> list[str]:
    marked = [
        part for file in target.files for part in (schema(target.paths.get(file, file)), file)
    ]
    return probe("schemas", files=marked)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    del target
    return answers(output, "schemas", lambda _: Severity.WARNING)


ANALYSER = Analyser(
    name="schemas",
    step="config_validation",
    title="configuration files that are not as their schemas have them",
    url="https://www.schemastore.org/",
    distribution="check-jsonschema",
    wants=wants,
    command=command,
    parse=parse,
)
