"""What holds for every format."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from tasks.core.dismissal import Dismissal, Dismissed
from tasks.core.finding import Finding
from tasks.core.render import FORMATS, Shown
from tasks.core.report import Gap, Report
from tasks.core.verdict import Answer, LeftOut, Truncated, Verdict

NASTY = (
    "<script>alert(1)</script>",
    '"--></script></style></pre>',
    "]]>",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "@everyone | `x` | #12",
    "\u202eevil\u202c\n\n# big",
    "lone \udcff \x00",
    "back\\slash\\xff.py",
    "{{ 7 * 7 }} {% raw %} {0}",
    "y" * 10_000,
)


def hostile(text: str) -> Verdict:
    """Return a verdict that says this text wherever a stranger could have said it."""
    finding = Finding(path="p", line=1, rule="r", severity="error", message="m").but(
        path=text, rule=f"tool/{text}", message=text, suggestion=text, step=text, fingerprint=text
    )
    gap = Gap(who="w", why="y").model_copy(update={"who": text, "why": text, "path": text})
    word = Dismissal(fingerprint="f").model_copy(
        update={"fingerprint": text, "by": text, "why": text, "at": text}
    )
    report = Report(step="s").but(step=text, findings=(finding,), gaps=(gap,), facts=(text,))
    return Verdict(answer=Answer.FAILED).model_copy(
        update={
            "name": text,
            "base": text,
            "head": text,
            "summary": f"failed: {text}",
            "reports": (report,),
            "left_out_steps": (LeftOut(step="s", why="y").model_copy(update={"step": text}),),
            "truncated": (Truncated(path="p", why="y").model_copy(update={"path": text}),),
            "recommendations": (text,),
            "dismissed": (Dismissed.model_construct(finding=finding, dismissal=word),),
            "baselined": 7,
        }
    )


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_an_empty_verdict_is_shown(render, shown):
    empty = Verdict(answer=Answer.PASSED, summary="passed: nothing to look at")
    assert "nothing to look at" in render(empty, shown)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_the_same_verdict_is_shown_in_the_same_way(render, verdict, shown):
    assert render(verdict, shown) == render(verdict, shown)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_what_was_not_looked_at_is_named(render, verdict, shown):
    page = render(verdict, shown)
    for said in ("no answer from the vulnerability data", "data/big.json", "no Python changed"):
        assert said in page


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_a_step_without_a_word_is_one_that_did_not_look(render, clean, shown):
    silent = clean.model_copy(update={"reports": clean.reports[1:]})
    assert "it gave no answer" not in render(clean, shown)
    assert "it gave no answer" in render(silent, shown)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_findings_elsewhere_are_shown_only_where_all_are_asked_for(render, verdict, shown):
    everything = dataclasses.replace(shown, all_lines=True)
    assert "rumdl/MD001" not in render(verdict, shown)
    assert "rumdl/MD001" in render(verdict, everything)
    assert "rumdl/MD001" in render(verdict.model_copy(update={"all_lines": True}), shown)


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_nothing_of_a_stranger_acts(render, text, shown):
    source = dataclasses.replace(shown, text_of=lambda _: text)
    page = render(hostile(text), source)
    assert page.encode()
    assert not set(page) - {"\n"} & {chr(code) for code in (*range(32), *range(127, 160))}
    assert not set(page) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"json", "sarif"}])
def test_a_line_of_ten_thousand_characters_is_cut_and_says_so(name, shown):
    page = FORMATS[name](hostile("y" * 10_000), shown)
    assert "y" * 1001 not in page
    assert "10,000 characters in all" in page


def test_a_format_costs_no_import_that_another_needs():
    # In a fresh interpreter: the terminal's answer must not wait for a template engine.
    code = (
        "import sys; from tasks.core.render import FORMATS; print([m for m in ('jinja2', 'json', "
        "'tasks.core.render.as_html', 'tasks.core.render.as_sarif') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "as_html" not in run.stdout
    assert "as_sarif" not in run.stdout
    assert "jinja2" not in run.stdout


def test_source_is_not_needed(plan, verdict):
    bare = Shown(plan=plan)
    for render in FORMATS.values():
        assert "F401" in render(verdict, bare)


def test_json_and_sarif_are_read_by_a_strict_reader(shown):
    for text in NASTY:
        for name in ("json", "sarif"):
            page = FORMATS[name](hostile(text), shown)
            assert page.isascii()
            json.loads(page.encode(), parse_constant=pytest.fail)


@pytest.fixture
def dismissed(verdict) -> Verdict:
    """A verdict of whose findings two are dismissed, and some were known before."""
    code, *rest = verdict.reports
    unused, compared, elsewhere = code.findings
    once = Dismissal(fingerprint="a1" * 8, by="mona", why="it is used by a plugin")
    always = Dismissal(fingerprint="b2" * 8, by="hubot", scope="repository")
    return verdict.model_copy(
        update={
            "summary": "passed: no findings; 2 dismissed; 14 known before",
            "reports": (code.but(findings=(elsewhere,)), *rest),
            "dismissed": (
                Dismissed(finding=unused, dismissal=once),
                Dismissed(finding=compared, dismissal=always),
            ),
            "baselined": 14,
        }
    )


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_nobody_hears_of_dismissals_where_there_are_none(render, verdict, shown):
    page = render(verdict, shown)
    assert "Dismissed" not in page
    assert "known before" not in page
    assert "suppressions" not in page


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_what_was_dismissed_is_listed_with_who_and_why(render, dismissed, shown):
    page = render(dismissed, shown)
    for said in ("ruff/F401", "mona", "it is used by a plugin", "ruff/E711", "hubot"):
        assert said in page
    assert "14 known before" in page


@pytest.mark.parametrize("name", ["text", "markdown", "html", "sarif"])
def test_a_word_without_a_reason_is_told_as_one(name, dismissed, shown):
    page = FORMATS[name](dismissed, shown)
    assert "hubot, always" in page
    assert "no reason given" in page


def test_a_dismissed_secret_is_shown_by_no_format(verdict, shown):
    code, *rest = verdict.reports
    unused, compared, _ = code.findings
    where = compared.but(rule="gitleaks/token")
    nearby = unused.but(line=6, suggestion=None)
    reports = (code.but(findings=(nearby,)), *rest)
    word = Dismissal(fingerprint="b2" * 8, by="mona")
    for told in (
        {"dismissed": (Dismissed(finding=where, dismissal=word),)},
        {"known_secrets": (where,)},
    ):
        secret = verdict.model_copy(update={"reports": reports, **told})
        for name, render in FORMATS.items():
            assert "if cents ==" not in render(secret, shown), name
    assert "if cents ==" in FORMATS["text"](verdict.model_copy(update={"reports": reports}), shown)
