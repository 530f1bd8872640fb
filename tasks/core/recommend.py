"""What to do after a review, in the order of what it saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from tasks.core.finding import Finding, Severity, in_order
from tasks.core.report import Gap, Report, findings_of

WEIGHTS = {Severity.INFO: 1, Severity.WARNING: 3, Severity.ERROR: 10, Severity.CRITICAL: 30}
"""What a finding weighs: a few errors go before many remarks."""

SECRET_TOOLS = frozenset({"betterleaks", "deepsecrets", "gitleaks", "secrets"})
"""The tools whose findings are secrets, which come before everything else."""

MOST = 5
"""So many of each kind are told one by one: a longer list is read by nobody."""

SHOWN = 3
"""So many places or rules are named in one recommendation."""

WIDTH = 240
"""So many characters of somebody else's text are told."""


def recommend(reports: Sequence[Report], *, all_lines: bool = False) -> tuple[str, ...]:
    """Return what to do about what the steps said: secrets, fixes, the rest, then gaps."""
    found = in_order(f for f in findings_of(reports) if all_lines or f.on_changed_line)
    secrets = [f for f in found if tool_of(f) in SECRET_TOOLS]
    others = [f for f in found if tool_of(f) not in SECRET_TOOLS]
    fixable = [f for f in others if f.suggestion is not None]
    by_hand = [f for f in others if f.suggestion is None]
    return (
        *_revoke(secrets),
        *(_apply(tool, group, len(found)) for tool, group in _grouped(fixable, tool_of)),
        *_mend(_grouped(by_hand, lambda f: f.rule)),
        *_look_again(reports),
    )


def tool_of(finding: Finding) -> str:
    """Return the tool that found it: the first half of its rule."""
    return finding.rule.partition("/")[0]


def weight(findings: Iterable[Finding]) -> int:
    """Return how much is saved when all of these are settled."""
    return sum(WEIGHTS[f.severity] for f in findings)


def _grouped(
    findings: Iterable[Finding], key: Callable[[Finding], str]
) -> list[tuple[str, list[Finding]]]:
    """Return the findings in groups, the heaviest first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return sorted(groups.items(), key=lambda group: (-weight(group[1]), group[0]))


def _revoke(secrets: Sequence[Finding]) -> Iterable[str]:
    if secrets:
        several = len(secrets) > 1
        what = f"the {len(secrets)} secrets" if several else "the secret"
        places = _some([f.place for f in secrets])
        # a secret that was pushed is known, whatever the next commit says
        them = "them" if several else "it"
        yield one_line(f"Revoke {what} in {places}, then take {them} out of the change")


def _apply(tool: str, fixes: Sequence[Finding], total: int) -> str:
    what = "the fix" if len(fixes) == 1 else f"the {len(fixes)} fixes"
    rules = Counter(f.rule.removeprefix(f"{tool}/") for f in fixes)
    settled = _some([f"{count} x {rule}" for rule, count in rules.most_common()])
    return one_line(
        f"Apply {what} that {tool} offers ({settled}): settles {len(fixes)} of {total} findings"
    )


def _mend(groups: Sequence[tuple[str, Sequence[Finding]]]) -> Iterable[str]:
    for rule, group in groups[:MOST]:
        first = group[0]
        where = (
            f"at {first.place}"
            if len(group) == 1
            else f"{len(group)} times, first at {first.place}"
        )
        yield one_line(f"Mend {rule} {where}: {first.message}")
    rest = groups[MOST:]
    if rest:
        count = sum(len(group) for _, group in rest)
        yield f"Then the other {_count(count, 'finding')} of {_count(len(rest), 'rule')}"


def _look_again(reports: Sequence[Report]) -> Iterable[str]:
    groups: dict[Hashable, list[tuple[str, Gap]]] = {}
    for report in reports:
        for gap in report.gaps:
            groups.setdefault((report.step, gap.who, gap.why), []).append((report.step, gap))
    for told in list(groups.values())[:MOST]:
        step, gap = told[0]
        who = gap.who if gap.who == step else f"{gap.who} ({step})"
        paths = [g.path for _, g in told if g.path]
        what = f" at {_some(paths)}" if paths else ""
        yield one_line(f"{who} did not look{what}: {gap.why}; mend that and review again")
    rest = sum(len(told) for told in list(groups.values())[MOST:])
    if rest:
        yield f"{_count(rest, 'more gap')}: the report names each"


def _some(items: Sequence[str]) -> str:
    """Return the first three, and how many more there are."""
    shown = ", ".join(items[:SHOWN])
    return f"{shown} and {len(items) - SHOWN} more" if len(items) > SHOWN else shown


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def one_line(text: str) -> str:
    """Return the text on one line, without control characters, and not too long."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * WIDTH])
    folded = " ".join(shown.split())
    return folded if len(folded) <= WIDTH else f"{folded[: WIDTH - 1]}\N{HORIZONTAL ELLIPSIS}"
