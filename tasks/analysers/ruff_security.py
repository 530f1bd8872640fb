"""ruff's security rules: what flake8-bandit knows, in a tenth of a second.

Left out are the rules that name something worth a thought wherever it stands: every assert,
every import of subprocess and every process that is started in the safe way.
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.analysers import ruff
from tasks.analysers.contract import Analyser, Target, is_python, is_test
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

LEFT_OUT = ("S101", "S311", "S4", "S603", "S606", "S607")

ERRORS = ("S501", "S502", "S503", "S506", "S602", "S604", "S605", "S609", "S612", "S701")
INFOS = ("S103", "S104", "S105", "S106", "S107", "S108", "S110", "S112", "S113", "S310", "S314")

OFF_IN_TESTS = ("S1", "S3", "S5", "S608", "S7")
"""A test has passwords of its own, temporary files and servers without a certificate."""

TOO_NEW = "Cannot use"
"""How ruff begins when a construct is newer than the target; it looks at the file all the same."""


def command(target: Target) -> list[str]:
    return [*ruff.isolated(("S",), target, LEFT_OUT), "--", *target.files]


def severity(code: str, message: str) -> Severity:
    """Return our severity of a rule; a constant command "seems safe" to ruff itself."""
    if code.startswith(INFOS) or "seems safe" in message:
        return Severity.INFO
    return Severity.ERROR if code.startswith(ERRORS) else Severity.WARNING


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    broken: set[str] = set()
    for one in ruff.said(output, target, "ruff_security"):
        if isinstance(one, Gap):
            yield one
            continue
        item, text = one
        code, path, message = item["code"], item["filename"], item["message"]
        if code == ruff.SYNTAX:
            if not message.startswith(TOO_NEW) and path not in broken:
                broken.add(path)
                line = item["location"]["row"]
                yield Gap(who="ruff_security", path=path, why=f"line {line} is not Python")
        elif not (is_test(target.paths.get(path, path)) and code.startswith(OFF_IN_TESTS)):
            yield ruff.finding(item, "ruff_security", severity(code, message), text)


ANALYSER = Analyser(
    name="ruff_security",
    step="security_scan",
    title="code in Python that lets an attacker in",
    url="https://docs.astral.sh/ruff/rules/#flake8-bandit-s",
    distribution="ruff",
    looked=ruff.LOOKED,
    wants=is_python,
    command=command,
    parse=parse,
)
