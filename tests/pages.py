"""The project's own pages, taken apart: their links, their code, the tables of their sections."""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
PAGES = tuple(
    str(path.relative_to(ROOT))
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
)
MARKDOWN = MarkdownIt("commonmark").enable("table")


def parsed(page):
    return MARKDOWN.parse((ROOT / page).read_text(encoding="utf-8"))


def links(page):
    """Return where the links and images of a page lead."""
    inner = [token for block in parsed(page) for token in block.children or ()]
    return [token.attrGet("href") or token.attrGet("src") for token in inner if token.attrs]


def codes(page):
    """Return what a page has as code within its text."""
    inner = [token for block in parsed(page) for token in block.children or ()]
    return [token.content for token in inner if token.type == "code_inline"]


def fences(page, language):
    """Return the blocks of code of a page that are in a language."""
    return [token.content for token in parsed(page) if token.info.strip() == language]


def rows(page, section=""):
    """Return the rows of a section's tables, by the names of their columns.

    A cell is the text as it is written: ``"`fail_on`"``. Without a section, those of the page.
    """
    found, heading, header, cells, opened = [], "", [], [], ""
    for token in parsed(page):
        if token.type in {"heading_open", "thead_open", "tbody_open", "th_open", "td_open"}:
            opened = token.type
        elif token.type == "tr_open":
            cells = []
        elif token.type == "inline" and opened == "heading_open":
            heading, opened = token.content, ""
        elif token.type == "inline" and opened in {"th_open", "td_open"}:
            cells.append(token.content)
        elif token.type == "thead_close":
            header = cells
        elif token.type == "tr_close" and opened == "td_open" and section in {"", heading}:
            found.append(dict(zip(header, cells, strict=True)))
    return found
