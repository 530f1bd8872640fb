from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest

from tasks.core.finding import Finding
from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render import as_html
from tasks.core.render.as_html import render
from tasks.core.report import Report
from tasks.core.verdict import Answer, Verdict
from tests.tasks.core.render.test_formats import NASTY, hostile

VOID = {"meta", "input", "path", "rect"}


class Page(HTMLParser):
    """What a browser would make of the page: tags, attributes, text, and what stays open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def frame(verdict, shown) -> Page:
    return Page(render(verdict, shown))


def test_the_page_is_well_formed_and_asks_nobody(frame):
    assert frame.open == []
    assert not frame.attributes & {"src", "href", "action", "style", "srcset", "xlink:href"}
    assert not {name for name in frame.attributes if name.startswith("on")}
    assert not frame.tags & {"img", "link", "iframe", "object", "embed", "base", "a"}


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_adds_no_tag_and_no_attribute(text, frame, shown):
    source = dataclasses.replace(shown, text_of=lambda _: text)
    page = Page(render(hostile(text), source))
    assert page.open == []
    assert page.tags <= frame.tags
    assert page.attributes <= frame.attributes


def test_only_our_own_script_and_style_may_run(verdict, shown):
    page = render(verdict, shown)
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in page.replace("&#39;", "'")
    assert "default-src 'none'" in page
    assert "http://" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "https://" not in page


def test_everything_is_on_the_page(verdict, shown):
    page = render(verdict, shown)
    for said in (
        '<span class="answer">Failed</span> 1 error and 1 below error',
        '<p class="more">security_scan did not look</p>',
        "Apply the 2 fixes that ruff offers",
        "no answer from the vulnerability data",
        "data/big.json",
        "no Python changed",
        "1 min 15 s",
        "3 attempts",
        "cached",
        '<svg class="plan"',
        "<code>os</code> imported but unused",
        '<span class="del" data-n="6">    if cents == None:</span>',
        '<span class="add" data-n="">    if cents is None:</span>',
        "<b>1</b> on other lines",
        "prefect-review 0.1.0",
    ):
        assert said in page, said


def test_a_clean_verdict_says_so_for_the_lines_it_is_about(clean, shown):
    assert "None on the lines that the change added or modified." in render(clean, shown)
    everything = render(clean, dataclasses.replace(shown, all_lines=True))
    assert "<p>None.</p>" in everything
    assert "on changed lines" not in everything


def one(**values) -> Verdict:
    plain = {"path": "a.py", "line": 2, "rule": "t/R", "severity": "info", "message": "m"}
    finding = Finding(**{**plain, **values})
    return Verdict(answer=Answer.PASSED, reports=(Report(step="s", findings=(finding,)),))


def test_the_line_is_marked_between_its_neighbours_with_a_caret(shown):
    source = dataclasses.replace(shown, text_of=lambda _: "one\ntwo\nthree\nfour\nfive\n")
    page = render(one(column=2), source)
    assert '<span class="line" data-n="1">one</span>' in page
    assert (
        '<span class="mark" data-n="2">two</span>\n<span class="caret" data-n=""> ^</span>' in page
    )
    assert '<span class="line" data-n="4">four</span>' in page
    assert "five" not in page


def test_a_suggestion_without_its_source_is_still_shown(shown):
    assert '<span class="add" data-n="">x</span>' in render(one(suggestion="x"), shown)


def test_places_are_told(shown):
    assert "whole file · " in render(one(line=0), shown)
    assert "not on a changed line" in render(
        one(on_changed_line=False), dataclasses.replace(shown, all_lines=True)
    )


def test_the_worst_file_comes_first_and_thousands_are_folded(shown):
    findings = tuple(
        Finding(
            path=f"f{number % 50:02}.py",
            line=2,
            rule="t/R",
            severity="error" if number % 50 == 49 else "info",
            message="m",
        )
        for number in range(1_000)
    )
    verdict = Verdict(answer=Answer.FAILED, reports=(Report(step="s", findings=findings),))
    source = dataclasses.replace(shown, text_of=lambda _: "one\ntwo\nthree\n")
    page = render(verdict, source)
    assert re.findall(r'class="path">(.*?)<', page)[:2] == ["f49.py", "f00.py"]
    assert re.findall(r'<details class="file"( open)?>', page) == [" open"] * 2 + [""] * 48
    assert "one" not in re.findall(r'data-n="\d+">(.*?)<', page), (
        "no neighbours where there are many"
    )


def test_a_plan_too_large_for_a_picture_is_said(clean, shown):
    tasks = tuple(TaskDefinition(name=f"s{n}") for n in range(as_html.DRAWN + 1))
    large = dataclasses.replace(shown, plan=WorkflowConfig(name="large", tasks=tasks))
    page = render(clean, large)
    assert "201 steps, too many for a picture." in page
    assert "<svg class=" not in page


def test_bars_stand_where_their_step_ran(shown):
    reports = (Report(step="a", seconds=1.0), Report(step="b", started=1.0, seconds=0.0))
    page = render(Verdict(answer=Answer.PASSED, reports=reports), shown)
    assert '<rect class="clean" x="0.0" y="0" width="1000.0"' in page
    assert '<rect class="clean" x="996" y="0" width="4.0"' in page
