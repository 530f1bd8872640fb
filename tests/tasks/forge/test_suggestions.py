"""The fixes of real tools, posted as suggestions and accepted as GitHub does: they mend it."""

from __future__ import annotations

import time

import pytest
from markdown_it import MarkdownIt

from tasks.analyse import Look, analyse
from tasks.analysers import ANALYSERS
from tasks.copies import reader
from tasks.core.finding import Finding
from tasks.core.forge.comment import inline
from tasks.core.forge.placing import Placing
from tasks.core.forge.writes import InlineComment
from tasks.core.marking import marked
from tasks.core.policy import ReviewPolicy
from tasks.core.render import Shown
from tasks.core.report import Report
from tests.tasks.core.forge.scenes import PLAN

OLD = "".join(f"value_{number} = {number}\n" for number in range(20))

RUFF = {
    "an import that nobody uses": OLD + "import os\n\n\ndef total():\n    return 1\n",
    "a comparison": OLD + "\n\ndef total(cents):\n    return not cents is None\n",
    "two in one function": OLD + "\n\ndef total(c):\n    if not c is None:\n        return f'x'\n",
    "in the middle": OLD.replace("value_9 = 9\n", "value_9 = 9\nother = not value_9 in [1]\n"),
    "several lines": OLD + "from xml import (\n    dom,\n    sax,\n)\n\n\nused = sax\n",
    "without a last line break": OLD + 'text = f"x"',
    "windows": (OLD + "import os\n\n\ndef total(cents):\n    return not cents is None\n").replace(
        "\n", "\r\n"
    ),
    "backticks": OLD + 'text = f"```"\nother = f"`` ````"\n',
    "a deletion between two lines": OLD.replace("value_9 = 9\n", "value_9 = 9\nimport os\n"),
}

TYPOS = {
    "one word": "# Guide\n\nYou will recieve it.\n",
    "two words of a line": "# Guide\n\nYou will recieve it seperately.\n",
    "code in prose": "# Guide\n\nCall `f()` and you will recieve ``x`` tommorow | or not.\n",
}


def look(repo, tool: str, path: str) -> tuple[tuple[Finding, ...], Placing, Shown]:
    """Let a tool look at the last commit; return what it found there, and where that is."""
    change = repo.change()
    said = analyse(ANALYSERS[tool], Look(change, time.monotonic() + 60), {})
    assert said.gaps == ()
    text_of = reader(change)
    report = marked(Report(step="s", findings=said.findings), change, ReviewPolicy(), text_of)
    found = tuple(f for f in report.findings if f.on_changed_line and f.path == path)
    return found, Placing(change, text_of), Shown(plan=PLAN)


def accepted(content: bytes, comment: InlineComment) -> bytes:
    """Return the file as GitHub leaves it: the block takes the place of the comment's lines."""
    (block,) = (t for t in MarkdownIt("commonmark").parse(comment.body) if t.info == "suggestion")
    lines = content.decode().splitlines(keepends=True)
    end = "\r\n" if "\r\n" in content.decode() else "\n"
    new = block.content.replace("\n", end)
    lines[(comment.start_line or comment.line) - 1 : comment.line] = [new]
    return "".join(lines).encode()


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return sorted((finding.rule, finding.message) for finding in findings)


def check(repo, tool: str, path: str, before: str, after: str) -> int:
    repo.commit({path: before, "other.txt": ""})
    repo.commit({path: after.encode()})
    found, placing, shown = look(repo, tool, path)
    assert found
    tried = 0
    for finding in found:
        place = placing.of(finding)
        assert place is not None
        comment = inline(finding, place, "a" * 40, shown)
        if finding.suggestion is None:
            continue
        tried += 1
        repo.commit({path: accepted(after.encode(), comment)})
        left, *_ = look(repo, tool, path)
        assert finding.fingerprint not in {other.fingerprint for other in left}
        assert len(rules(left)) < len(rules(found))
        assert not [other for other in left if other.rule.endswith("syntax")]
        repo.git("reset", "-q", "--hard", "HEAD~1")
    return tried


@pytest.mark.parametrize("after", RUFF.values(), ids=RUFF)
def test_a_fix_of_ruff_applies_and_the_finding_is_gone(repo, after):
    ends = "\r\n" if "\r\n" in after else "\n"
    assert check(repo, "ruff", "shop.py", OLD.replace("\n", ends), after)


@pytest.mark.parametrize("after", TYPOS.values(), ids=TYPOS)
def test_a_fix_of_typos_applies_and_the_finding_is_gone(repo, after):
    assert check(repo, "typos", "guide.md", "# Guide\n", after)
