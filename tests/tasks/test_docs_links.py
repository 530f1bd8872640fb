"""What the pages name is there: files, tests, targets of make."""

from __future__ import annotations

import re

import pytest

from tests.pages import PAGES, ROOT, codes, fences, links

FOLDERS = ("flows", "tasks", "blocks", "deployments", "tests", "benchmarks", "docs", ".ci")
PATH = re.compile(rf"(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*")
TARGET = re.compile(r"make (?:-\w+ )*([a-z]+)")

EVERY = pytest.mark.parametrize("page", PAGES)


def local(page):
    return [to.partition("#")[0] for to in links(page) if not re.match(r"[a-z]+:|#", to)]


def anchors(page):
    """Return the anchors that GitHub gives the headings of a page."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_pages_that_people_start_from_are_read_here():
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md"} <= {*PAGES}
    assert "docs/command.md" in local("README.md")


@EVERY
def test_every_link_leads_to_a_file_that_there_is(page):
    missing = [to for to in local(page) if not (ROOT / page).parent.joinpath(to).exists()]
    assert missing == []


@EVERY
def test_every_anchor_is_a_heading(page):
    for to in links(page):
        name, _, anchor = to.partition("#")
        if anchor and not re.match(r"[a-z]+:", to):
            there = (ROOT / page).parent / name if name else ROOT / page
            assert anchor in anchors(there), to


@EVERY
def test_every_path_of_ours_that_is_named_is_there(page):
    named = [code for code in codes(page) if PATH.fullmatch(code)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def defined(dotted):
    """Return whether a module, or a name in one, is there."""
    *parts, last = dotted.split(".")
    if (folder := ROOT.joinpath(*parts, last)).is_dir() or folder.with_suffix(".py").is_file():
        return True
    inner = ROOT.joinpath(*parts)
    module = inner / "__init__.py" if inner.is_dir() else inner.with_suffix(".py")
    name = re.compile(rf"(?m)^(?:(?:async )?def |class )?{last}\b")
    return module.is_file() and bool(name.search(module.read_text(encoding="utf-8")))


@EVERY
def test_every_name_of_ours_with_its_module_is_there(page):
    named = {
        code for code in codes(page) if re.fullmatch(r"(tasks|flows|deployments)(\.\w+)+", code)
    }
    assert [name for name in named if not defined(name)] == []


@EVERY
def test_every_test_that_is_named_is_there(page):
    named = {code for code in codes(page) if re.fullmatch(r"test_[a-z0-9_]+", code)}
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"(?m)^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert named - there - {"test_coverage"} == set()


@EVERY
def test_every_target_of_make_that_is_named_is_there(page):
    shown = [*codes(page), *fences(page, "sh")]
    named = {target for text in shown for target in TARGET.findall(text)}
    there = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert named <= there
