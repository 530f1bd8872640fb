"""kubernetes-validate: Kubernetes objects that are not as the API has them.

``settings: {version: "1.33"}`` names the API; by default it is the newest the tool knows.
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.analysers.answers import answers
from tasks.analysers.contract import Analyser, Target, suffix
from tasks.analysers.probed import probe
from tasks.analysers.yamllint import is_template
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap


def wants(path: str, first_line: str) -> bool:
    """Return whether it may be a Kubernetes object: only the probe sees more than one line."""
    del first_line
    hidden = path.startswith(".") or "/." in path  # CI and tools keep their settings there
    return suffix(path) in {".yaml", ".yml"} and not hidden and not is_template(path)


def command(target: Target) -> list[str]:
    version = str(target.settings.get("version", ""))
    return probe("kubernetes", *([version] if version else []), files=target.files)


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    del target
    return answers(output, "kubernetes", lambda _: Severity.ERROR)


ANALYSER = Analyser(
    name="kubernetes",
    step="config_validation",
    title="Kubernetes objects that are not as the API has them",
    url="https://github.com/willthames/kubernetes-validate",
    distribution="kubernetes-validate",
    extra="k8s",
    wants=wants,
    command=command,
    parse=parse,
)
