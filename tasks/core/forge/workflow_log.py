"""What a review says in GitHub Actions where its token may only read: in the job's own log.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.core.finding import Finding, Severity, in_order
from tasks.core.render.escape import for_markdown, name, one_line

LEVELS = {
    Severity.INFO: "notice",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}

MOST = 10
"""GitHub shows so many of each level of one step: https://github.com/orgs/community/discussions/26680"""

SUMMARY_BYTES = 1024 * 1024
"""A longer job summary is refused as a whole: "Adding a job summary" in the page above."""

CUT = "\n\nThe rest is left out: a job summary holds 1 MiB.\n"


def commands(findings: Iterable[Finding], most: int = MOST) -> tuple[str, ...]:
    """Return the workflow commands that show these findings on their lines, one line each.

    At most ``most`` of each level, the most severe first; one more line of each level says how
    many there are beyond that. Each is to be written as a line of its own to standard output.
    """
    said: dict[str, list[str]] = {}
    for finding in sorted(in_order(findings), key=lambda finding: -finding.severity):
        said.setdefault(LEVELS[finding.severity], []).append(_command(finding))
    return tuple(line for level, lines in said.items() for line in _most(level, lines, most))


def job_summary(markdown: str, why: str = "") -> str:
    """Return the summary of the job, with the reason why it stands only there, if it does.

    ``why`` is prose and is escaped, ``markdown`` is not. It has at most 1 MiB of UTF-8.
    """
    only = f"> **Only here, and not on the pull request:** {for_markdown(why)}\n\n" if why else ""
    begin = f"{only}{markdown}"
    data = begin.encode("utf-8", "backslashreplace")
    if len(data) <= SUMMARY_BYTES:
        return data.decode()
    room = SUMMARY_BYTES - len(CUT.encode())
    kept = data[:room].decode("utf-8", "ignore").rpartition("\n")[0]
    return kept + CUT


def notice(text: str) -> str:
    """Return the workflow command that says something about the review as a whole."""
    return f"::notice title=review::{_data(one_line(text))}"


def error(text: str) -> str:
    """Return the workflow command that says why there is no review."""
    return f"::error title=review::{_data(one_line(text, limit=2000))}"


def _most(level: str, lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    # a plain line, not a command: it would take the place of a finding
    return [*lines[:most], f"{len(lines) - most} more of the level {level} are not shown here"]


def _command(finding: Finding) -> str:
    where = {"file": name(finding.path, limit=4096)}
    if finding.line:
        where |= {"line": str(finding.line), "endLine": str(finding.lines.stop - 1)}
    where["title"] = f"{finding.severity.label}: {one_line(finding.rule, limit=200)}"
    properties = ",".join(f"{key}={_property(value)}" for key, value in where.items())
    return f"::{LEVELS[finding.severity]} {properties}::{_data(one_line(finding.message))}"


def _data(text: str) -> str:
    """Return what the runner turns back into this text, on one line.

    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
