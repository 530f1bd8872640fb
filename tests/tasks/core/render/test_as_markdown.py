from __future__ import annotations

import base64
import dataclasses
import re

import pytest
from markdown_it import MarkdownIt

from tasks.core.finding import Finding
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render import as_markdown
from tasks.core.render.as_markdown import LIMIT, render
from tasks.core.render.page import SPARE
from tasks.core.report import Gap, Report
from tasks.core.verdict import Answer, Verdict
from tests.tasks.core.render.test_as_json import ODD
from tests.tasks.core.render.test_formats import NASTY, hostile

PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

BLOCKS = {"h2", "h3", "p", "ol", "li", "pre", "code", "strong", "em"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}


def tags(markdown: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", PAGE.render(markdown))) - BLOCKS - TABLES


def many(count: int) -> Verdict:
    findings = tuple(
        Finding(
            path=f"src/module_{number:05}.py",
            line=number,
            rule="ruff/E711",
            severity="warning",
            message=f"number {number}",
        )
        for number in range(1, count + 1)
    )
    return Verdict(
        answer=Answer.PASSED,
        summary=f"passed: {count} warnings",
        reports=(Report(step="code_quality", findings=findings, seconds=1.0),),
    )


def test_a_clean_verdict_is_short(clean, shown):
    page = render(clean, shown)
    assert page.startswith("## ✅ Passed: no findings\n")
    assert "Left out" not in page
    assert "### Findings" not in page
    assert "### Timeline" not in page, "no step took any time"


def test_everything_has_its_place(verdict, shown):
    page = render(verdict, shown)
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    assert titles[1:] == [
        "What to do",
        "What was looked at",
        "What was not looked at",
        "Plan",
        "Timeline",
        "Top findings",
        "Findings",
    ]
    assert "1 error, 1 warning on changed lines · 1 more elsewhere" in page
    assert "| ⚠️ | `security_scan` | did not look | 1 min 15 s | 3 attempts |" in page
    assert "| `security_scan` | `osv` | no answer from the vulnerability data |" in page
    assert "| | `data/big.json` | larger than 1 MB |" in page
    assert "| `test_coverage` | left out | no Python changed |" in page
    assert "```mermaid\nflowchart LR" in page
    assert tags(page) == set()


def test_all_lines_are_called_so(verdict, shown):
    page = render(verdict, dataclasses.replace(shown, all_lines=True))
    assert "1 error, 1 warning, 1 remark in all lines" in page
    assert "more elsewhere" not in page


def test_the_worst_findings_come_first_with_their_source_as_a_diff(verdict, shown):
    page = render(verdict, shown)
    diff = "```diff\n-    if cents == None:\n+    if cents is None:\n```"
    assert diff in page
    assert "```diff\n-import os\n```" in page
    rows = re.findall(r"^\| (?:🔴|🟠|🟡|🔵) (\w+) \|", page, re.MULTILINE)
    assert rows == ["error", "warning"]


def test_a_finding_without_a_suggestion_is_shown_as_it_is(shown):
    finding = Finding(path="src/shop/payments.py", line=2, rule="t/R", severity="info", message="m")
    verdict = Verdict(answer=Answer.PASSED, reports=(Report(step="s", findings=(finding,)),))
    assert "```\nimport sqlite3\n```" in render(verdict, shown)


def test_a_fence_in_the_source_does_not_end_the_block(shown):
    finding = Finding(path="a.md", line=1, rule="t/R", severity="info", message="m")
    verdict = Verdict(answer=Answer.PASSED, reports=(Report(step="s", findings=(finding,)),))
    page = render(verdict, dataclasses.replace(shown, text_of=lambda _: "````<b>"))
    assert "\n`````\n````<b>\n`````" in page
    assert tags(page) == set()


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_makes_no_tag_and_breaks_no_table(text, shown):
    source = dataclasses.replace(shown, text_of=lambda _: text)
    page = render(hostile(text), source)
    assert tags(page) == set()
    for table in re.findall(r"<table>.*?</table>", PAGE.render(page), re.DOTALL):
        width = len(re.findall("<th[ >]", table))
        assert all(len(re.findall("<td[ >]", row)) == width for row in table.split("</tr>")[1:-1])


@pytest.mark.parametrize("limit", [0, 500, 1_000, 3_000, 10_000, LIMIT])
def test_it_is_never_longer_than_its_limit_and_says_what_is_missing(limit, shown):
    page = render(many(3_000), shown, limit=limit)
    assert len(page) <= max(limit, SPARE)
    assert "_Left out for want of room: " in page
    assert tags(page) == set()


def test_whole_rows_are_left_out_and_counted(shown):
    page = render(many(3_000), shown)
    kept = re.findall(r"^\| 🟡 .* \|$", page, re.MULTILINE)
    assert f"{3_000 - len(kept):,} of 3,000 rows of “Findings”" in page
    last = len(kept)
    assert f"`src/module_{last:05}.py:{last}` | `ruff/E711` | number {last} |" in kept[-1]


def test_what_fits_is_not_said_to_be_cut(shown):
    assert "for want of room" not in render(many(20), shown)


def test_a_thousand_gaps_leave_room_for_the_findings(shown):
    gaps = tuple(Gap(who="ruff", why="it is not UTF-8", path=f"{n}.py") for n in range(5_000))
    report = many(50).reports[0].but(gaps=gaps)
    page = render(Verdict(answer=Answer.PASSED, reports=(report,)), shown)
    assert "number 50" in page
    # Three more: the steps of the plan that said nothing.
    assert "of 5,003 rows of “What was not looked at”" in page


def test_a_plan_too_large_for_a_picture_is_said(clean, shown):
    tasks = tuple(TaskDefinition(name=f"s{n}") for n in range(as_markdown.DRAWN + 1))
    large = dataclasses.replace(shown, plan=WorkflowConfig(name="large", tasks=tasks))
    page = render(clean, large)
    assert "61 steps, too many for a picture." in page
    assert "mermaid" not in page


def test_the_timeline_shows_when_a_step_ran(shown):
    reports = (
        Report(step="first", seconds=1.0),
        Report(step="then", started=1.0, seconds=1.0),
        Report(step="at_once", started=2.0, seconds=0.0),
    )
    page = render(Verdict(answer=Answer.PASSED, reports=reports), shown)
    bars = re.findall(r"\| `([·█]+)` \|", page)
    assert bars[:3] == ["█" * 12 + "·" * 12, "·" * 12 + "█" * 12, "·" * 23 + "█"]


def test_where_mermaid_is_not_shown_the_plan_is_an_image_without_anything_from_elsewhere(
    verdict, shown
):
    text = render(verdict, dataclasses.replace(shown, as_image=True))
    (data,) = re.findall(r"!\[the plan\]\(data:image/svg\+xml;base64,([^)]+)\)", text)
    drawn = base64.b64decode(data).decode()

    assert "mermaid" not in text
    assert "code_quality" in drawn
    assert drawn.startswith("<svg ")
    assert drawn.endswith("</svg>")
    assert not re.search(r"(?:href|src|url)\s*[=(]", drawn)


def test_the_dismissed_are_a_table_of_their_own(shown):
    page = render(ODD["dismissed"], shown)
    assert "### Dismissed\n\n| | Place | Rule | By | Why |" in page
    assert "| 🔵 info | `a.py` | `t/R` | b, always | w |" in page
    assert tags(page) == set()
