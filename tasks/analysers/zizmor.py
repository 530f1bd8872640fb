"""zizmor: GitHub Actions workflows that let an attacker in.

One file a call: one that is not UTF-8 costs it all the others. Rows and columns count from 0.
Exit codes: https://docs.zizmor.sh/usage/#exit-codes
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tasks.analysers.answers import one_line
from tasks.analysers.contract import Analyser, Target
from tasks.analysers.workflows import is_of_actions
from tasks.core.finding import Finding, Severity
from tasks.core.report import Gap

NOTHING_TO_AUDIT = 3
LOOKED = frozenset({0, NOTHING_TO_AUDIT, 11, 12, 13, 14})

SEVERITIES = {"High": Severity.ERROR, "Medium": Severity.WARNING, "Low": Severity.INFO}
LOWERED = {"Medium": 1, "Low": 2}
"""By how many levels a finding counts for less, by how sure zizmor is of it."""

OURS = {"unpinned-uses": Severity.INFO, "unpinned-images": Severity.WARNING}
"""What zizmor finds worse than the maintainers of most projects do: 189 times in 70 workflows."""


def command(target: Target) -> list[str]:
    return [
        "zizmor", "--offline", "--no-config", "--no-ignores", "--no-progress", "--quiet",
        "--format=json-v1", "--", *target.files,
    ]  # fmt: skip


def severity(item: dict[str, Any]) -> Severity | None:
    """Return our severity, or None for what is a mere possibility."""
    how = item["determinations"]
    level = SEVERITIES.get(how["severity"])
    if level is None and how["confidence"] == "Low":
        return None
    if item["ident"] in OURS:
        return OURS[item["ident"]]
    lowered = (level or Severity.INFO) - LOWERED.get(how["confidence"], 0)
    return Severity(max(Severity.INFO, lowered))


def parse(output: str, target: Target) -> Iterable[Finding | Gap]:
    if not output.strip():
        for file in target.files:
            why = "it is no workflow, action or Dependabot file that zizmor can read"
            yield Gap(who="zizmor", path=file, why=why)
        return
    for item in json.loads(output):
        level = severity(item)
        if level is None:
            continue
        place = next(at for at in item["locations"] if at["symbolic"]["kind"] == "Primary")
        start, end = (place["concrete"]["location"][key] for key in ("start_point", "end_point"))
        last = end["row"] + (1 if end["column"] else 0)  # an end in column 0 is the line before
        note = place["symbolic"]["annotation"]
        yield Finding(
            path=place["symbolic"]["key"]["Local"]["verbatim_path"],
            line=start["row"] + 1,
            column=start["column"] + 1,
            end_line=max(start["row"] + 1, last),
            rule=f"zizmor/{item['ident']}",
            severity=level,
            message=one_line(f"{item['desc']}: {note}"),
        )


ANALYSER = Analyser(
    name="zizmor",
    step="security_scan",
    title="GitHub Actions workflows that let an attacker in",
    url="https://docs.zizmor.sh/audits/",
    distribution="zizmor",
    looked=LOOKED,
    singly=True,
    wants=is_of_actions,
    command=command,
    parse=parse,
)
