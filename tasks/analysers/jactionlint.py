"""jactionlint: GitHub Actions workflows that do not do what they say.

What zizmor says too is left out, and so is what is a matter of house rules, or needs the
repository's other files. One file a call, because the path it prints is not the one it is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target
from tasks.analysers.workflows import is_of_actions
from tasks.core.finding import Finding, Severity

OF_ZIZMOR = {
    "adhoc-packages", "archived-uses", "artipacked", "bot-conditions", "cache-poisoning",
    "dangerous-triggers", "dependabot-cooldown", "dependabot-execution", "github-app",
    "github-env", "hardcoded-container-credentials", "insecure-commands", "misfeature",
    "obfuscation", "overprovisioned-secrets", "secrets-inherit", "superfluous-actions",
    "template-injection", "unpinned-images", "unpinned-tools", "unpinned-uses",
    "unredacted-secrets", "unsound-contains", "use-trusted-publishing",
}  # fmt: skip
OF_THE_HOUSE = {
    "actions-lock", "concurrency-limits", "duplicate-triggers", "missing-permissions",
    "missing-timeout", "unlocked-install", "unused-job-output", "unverified-download",
}  # fmt: skip
OF_THE_REPOSITORY = {
    "expired-ignore", "invalid-ignore-comment", "invalid-local-action", "invalid-local-workflow",
    "unused-baseline-entry", "workflow-run-names",
}  # fmt: skip
LEFT_OUT = OF_ZIZMOR | OF_THE_HOUSE | OF_THE_REPOSITORY

ERRORS = {
    "action-syntax", "context-availability", "cyclic-job-needs", "dependabot-syntax",
    "duplicate-job-id", "duplicate-key", "duplicate-step-id", "expression-syntax",
    "invalid-cron", "invalid-function-call", "invalid-id", "invalid-shell-name", "invalid-uses",
    "shell-syntax", "undefined-function", "undefined-job-needs", "unknown-event",
    "untrusted-checkout", "workflow-syntax", "yaml-syntax",
}  # fmt: skip
INFOS = {"pipeline-without-pipefail", "unused-anchor", "constant-condition"}


def command(target: Target) -> list[str]:
    return [
        "jactionlint", "--no-online", "--no-ignores", "--no-baseline", "--config-file=empty.yaml",
        "--shellcheck=", "--pyflakes=", "--profile=default", "--format=json", "--", *target.files,
    ]  # fmt: skip


def severity(rule: str) -> Severity:
    """Return our severity of a rule; jactionlint itself calls everything an error."""
    if rule in ERRORS:
        return Severity.ERROR
    return Severity.INFO if rule in INFOS else Severity.WARNING


def parse(output: str, target: Target) -> Iterable[Finding]:
    (file,) = target.files  # it prints its own way to a file: ../head/ci.yml
    for item in json.loads(output):
        if item["id"] not in LEFT_OUT:
            yield Finding(
                path=file,
                line=max(1, item["line"]),
                column=item["column"],
                end_line=max(1, item["line"], item["end_line"]),
                rule=f"jactionlint/{item['id']}",
                severity=severity(item["id"]),
                message=one_line(item["message"]),
            )


ANALYSER = Analyser(
    name="jactionlint",
    step="security_scan",
    title="GitHub Actions workflows that do not do what they say",
    url="https://jactionlint.jdx.dev/rules",
    distribution="jactionlint",
    extra="security",
    looked=frozenset({0, 1}),  # 1: problems found; 2, 3: it could not run
    singly=True,
    files={"empty.yaml": "{}\n"},
    wants=is_of_actions,
    command=command,
    parse=parse,
)
