from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tasks.core.dismissal import Dismissal, Dismissed
from tasks.core.forge.about import Trouble
from tasks.core.forge.dismissals import Refusal
from tasks.core.forge.markers import is_summary
from tasks.core.forge.summary import Told, digest, failed, same, summary
from tasks.core.forge.writes import COMMENT_LIMIT
from tasks.core.report import Gap
from tasks.core.verdict import LeftOut, Truncated
from tests.tasks.core.forge.scenes import STEP, about, finding, verdict
from tests.tasks.core.forge.simulated import head
from tests.tasks.core.render.test_formats import NASTY, hostile

PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"h2", "h3", "p", "ol", "ul", "li", "pre", "code", "strong", "em"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
FOLD = {"details", "summary"}
URL = "https://prefect.example.org/runs/flow-run/1"

NOTHING = Told()
QUIET = Trouble()


def page(decided, mine=None, told=NOTHING, trouble=QUIET):
    return summary(decided, mine or about(), told, trouble)


def titles(body: str) -> list[str]:
    return re.findall(r"^###? (.*)$", body, re.MULTILINE)


def test_a_clean_head_has_a_short_summary():
    body = page(verdict())
    assert is_summary(body)
    assert titles(body) == ["✅ Passed: no findings", "What was looked at", "Plan"]
    assert "no findings on changed lines" in body
    assert f"`{head(1)[:12]}`" in body
    assert "· took" not in body
    assert "for want of room" not in body


def everything():
    dismissed = Dismissed(
        finding=finding(7),
        dismissal=Dismissal(fingerprint=finding(7).fingerprint, by="ann", why="a false alarm"),
    )
    decided = verdict(finding(1, severity="error"), finding(2), gaps=[Gap(who="ty", why="gone")])
    decided = decided.model_copy(
        update={
            "recommendations": ("Apply the fix",),
            "dismissed": (dismissed,),
            "truncated": (Truncated(path="data/big.json", why="larger than 1 MB"),),
            "left_out_steps": (LeftOut(step="test_coverage", why="no Python changed"),),
        }
    )
    told = Told(
        on_lines=(finding(1, severity="error"),),
        apart=((finding(2), "GitHub refused a comment there: not in the diff"),),
        refusals=(Refusal("eve", "only the author may", "/review dismiss please"),),
    )
    return decided, told


def test_everything_has_its_place():
    decided, told = everything()
    mine = replace(about(), run_url=URL, seconds=75.0)
    body = page(decided, mine, told, Trouble(failed=("SARIF: GitHub was not there",)))
    assert titles(body)[1:] == [
        "What could not be said",
        "What to do",
        "What was looked at",
        "What was not looked at",
        "Said on their lines",
        "Said only here",
        "Dismissed",
        "Not dismissed",
        "Plan",
    ]
    folded = body.index("<details><summary>The plan")
    assert (
        folded < body.index("### Plan") < body.index("| Step | From |") < body.index("</details>")
    )
    assert f"· took 1 min 15 s · [the run]({URL})" in body
    assert "- SARIF: GitHub was not there" in body
    assert "1. Apply the fix" in body
    assert f"| `{STEP}` | `ty` | gone |" in body
    assert "| | `data/big.json` | larger than 1 MB |" in body
    assert "| `test_coverage` | left out | no Python changed |" in body
    assert "| 🟠 error | `src/shop.py:1` | `ruff/F401` | number 1 |\n" in body
    refused = "GitHub refused a comment there: not in the diff"
    assert f"| `src/shop.py:2` | `ruff/F401` | number 2 | {refused} | `00000002` |" in body
    assert "To dismiss one, comment `/review dismiss ID` and why." in body
    assert "| `src/shop.py:7` | `ruff/F401` | ann | a false alarm |" in body
    assert "| eve | /review dismiss please | only the author may |" in body
    assert "```mermaid\nflowchart LR" in body


def test_the_worst_come_first():
    levels = ("info", "critical", "warning", "error")
    found = tuple(finding(number, severity=level) for number, level in enumerate(levels, 1))
    body = page(verdict(*found), told=Told(on_lines=found, apart=tuple((f, "x") for f in found)))
    worst_first = ["critical", "error", "warning", "info"]
    assert re.findall(r"^\| \S+ (\w+) \| `src", body, re.MULTILINE) == worst_first * 2


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://a.example/) [x](y", "https://a b", "a.example"]
)
def test_what_is_no_address_is_no_link(url):
    assert "the run" not in page(verdict(), replace(about(), run_url=url))


def test_twenty_thousand_findings_and_five_thousand_gaps_fit():
    long = "é" * 3_000
    found = tuple(finding(n, line=1, message=f"{n} {long}") for n in range(20_000))
    gaps = [Gap(who="ruff", why=f"it is not UTF-8 {long}", path=f"{n}.py") for n in range(5_000)]
    decided = verdict(*found, gaps=gaps)
    told = Told(
        on_lines=found[:10_000],
        apart=tuple((f, long) for f in found[10_000:]),
        refusals=tuple(Refusal(f"{n}", long, long) for n in range(500)),
    )
    trouble = Trouble(failed=(long,) * 500)
    body = page(decided, about(), told, trouble)
    assert len(body) < COMMENT_LIMIT
    assert "rows of “Said only here”" in body
    assert "rows of “What was not looked at”" in body
    assert "What was looked at" in titles(body)
    assert "Plan" in titles(body)
    assert len(failed(long * 100, "a" * 40)) < COMMENT_LIMIT


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_makes_no_tag_and_breaks_no_table(text):
    decided = hostile(text)
    (found,) = decided.findings
    word = Dismissal(fingerprint="x").model_copy(update={"by": text, "why": text})
    decided = decided.model_copy(update={"dismissed": (Dismissed(finding=found, dismissal=word),)})
    told = Told((found,), ((found, text),), (Refusal(text, text, text),))
    body = page(decided, replace(about(), run_url=text), told, Trouble(failed=(text,)))
    for shown in (body, failed(text, "a" * 40, text)):
        html = PAGE.render(shown)
        assert set(re.findall(r"<([a-z0-9]+)", html)) <= OURS | TABLES | FOLD
        for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
            width = len(re.findall("<th[ >]", table))
            rows = table.split("</tr>")[1:-1]
            assert all(len(re.findall("<td[ >]", row)) == width for row in rows)
        quoted = re.sub(r"<code.*?</code>|<!--.*?-->", "", html, flags=re.DOTALL)
        assert "@everyone" not in quoted
        assert "#12" not in quoted
        assert digest(shown)


def test_another_time_is_no_news():
    decided, told = everything()
    first = page(decided, replace(about(), run_url=URL, seconds=3), told)
    slower = tuple(r.but(seconds=9.0, attempts=2, facts=("2 s",)) for r in decided.reports)
    later = decided.model_copy(update={"reports": slower})
    second = page(later, replace(about(run="2"), run_url=f"{URL}2", seconds=99), told)
    assert first != second
    assert same(first, second)
    assert same(first.replace("\n", "\r\n"), second), "GitHub may give it back so"


def test_whatever_else_differs_is_news():
    decided, told = everything()
    body = page(decided, told=told)
    others = (
        page(decided, told=told, trouble=Trouble(failed=("x",))),
        page(decided, told=replace(told, apart=())),
        page(decided, told=replace(told, refusals=())),
        page(decided.model_copy(update={"head": head(9)}), told=told),
        page(decided.model_copy(update={"dismissed": ()}), told=told),
        page(verdict(), told=told),
        failed("why", head(1)),
        "text of a person",
        "",
    )
    for other in others:
        assert not same(body, other)
        assert not same("", other)


def test_the_content_is_read_at_its_own_place_only():
    first = page(verdict())
    mark = f"<!-- content: {digest(first)} -->"
    assert mark in first
    assert digest(f"hello\n\nworld\n\n{mark}\n\nx") == ""
    assert digest(first.replace(mark, f"x\n\n{mark}")) == ""


def test_a_review_that_could_not_be_made_says_so():
    body = failed("git: the head is gone", head(1), URL)
    assert is_summary(body)
    assert f"## ⚠️ The review of `{head(1)[:7]}` could not be made\n\ngit: the head" in body
    assert f"[the run]({URL})" in body
    assert same(body, failed("git: the head is gone", head(1), f"{URL}2"))
    assert not same(body, failed("git: the head is gone", head(2), URL))
    assert "the run" not in failed("x", head(1))
