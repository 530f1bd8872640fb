"""What a comment on a line says: how bad, which rule, what, and how to mend it."""

from __future__ import annotations

import re

from tasks.core.finding import Finding
from tasks.core.forge.markers import finding_mark
from tasks.core.forge.placing import Place
from tasks.core.forge.writes import InlineComment
from tasks.core.render import About, Shown
from tasks.core.render.as_markdown import SEVERITY
from tasks.core.render.escape import code, for_markdown, visible

MESSAGE = 2_000
"""Characters of a message: here is more room than in a table."""

LONGEST = 20_000
"""Characters of a suggestion; nobody reads a longer one before accepting it."""

NAME = 200
"""Characters of a rule or a step in a mark, where each may become nine."""

HINT = "<sub>No need to mend it? Answer `/review dismiss` and why.</sub>"


def inline(finding: Finding, place: Place, head: str, shown: Shown) -> InlineComment:
    """Return the comment on a finding of this head, with what its tool would write instead.

    It quotes no source: the lines are above it, and one of them may hold a secret.
    """
    mark = finding_mark(
        finding.fingerprint,
        finding.line_fingerprint,
        head,
        rule=finding.rule[:NAME],
        step=finding.step[:NAME],
    )
    said = for_markdown(finding.message, MESSAGE)
    sign = f"{SEVERITY[finding.severity]} **{finding.severity.label}**"
    text = f"{sign} {rule_of(finding, shown)}: {said}"
    parts = (mark, text, suggestion(finding, place), HINT)
    return InlineComment(
        path=finding.path,
        line=place.line,
        body="\n\n".join(part for part in parts if part),
        fingerprint=finding.fingerprint,
        start_line=place.start_line,
    )


def rule_of(finding: Finding, shown: Shown) -> str:
    """Return the rule, with a link to where its tool explains it."""
    tool = finding.rule.partition("/")[0]
    url = shown.tools.get(tool, About()).url
    return f"[{code(finding.rule)}]({url})" if url else code(finding.rule)


def suggestion(finding: Finding, place: Place) -> str:
    """Return a block by which GitHub replaces the lines of the comment, or nothing.

    Nothing where the comment is on other lines than those to be replaced, and where a character
    would act instead of being seen: who accepts it has to see what it is.
    """
    if finding.suggestion is None or place.lines != finding.lines:
        return ""
    # which line ends the file has is for GitHub to keep: a comment has its own
    text = re.sub(r"\r$", "", finding.suggestion, flags=re.MULTILINE)
    seen = text.replace("\t", "").replace("\n", "")
    if visible(seen) != seen or len(text) > LONGEST:
        return ""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return "\n".join([f"{fence}suggestion", *([text] if text else []), fence])
