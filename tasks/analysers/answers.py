"""Turn what our text probes print into findings: lines that fit where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tasks.analysers.probed import said
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

LONGEST = 300
"""How many characters of a message are shown."""


def one_line(text: str) -> str:
    """Return a message as one line of bearable length, without the dot at its end."""
    line = " ".join(text.split())
    return line.removesuffix(".") if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def answers(
    output: str, tool: str, severity: Callable[[dict[str, Any]], Severity]
) -> Iterator[Finding | Gap]:
    """Yield the findings and gaps a probe printed; ``severity`` knows how bad each item is."""

    def finding(item: dict[str, Any]) -> Finding:
        return Finding(
            path=item["path"],
            line=item["line"],
            column=item.get("column", 0),
            rule=f"{tool}/{item['rule']}",
            severity=severity(item),
            message=one_line(item["message"]),
        )

    return said(output, tool, finding)
