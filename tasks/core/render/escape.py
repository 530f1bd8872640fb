"""Make text of strangers safe to show: on a terminal, in Markdown, in HTML, in mermaid."""

from __future__ import annotations

import html
import re
import unicodedata

LINE = 240
"""How many characters of a source line are shown."""

PROSE = 500
"""How many characters of a message, a reason or a path are shown."""

# What GitHub turns into a notification or a link, wherever it stands in rendered text:
# mentions and e-mail addresses, #1, GH-1, web addresses, and words that look like a commit.
# https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
LOUD = re.compile(
    r"@|#\d|gh-\d|://|www\.|mailto:|xmpp:|(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])", re.IGNORECASE
)

MEANING = re.compile(r"[\\`*{}\[\]<>#|~&$!^=+@]|(?<![^\W_])_|_(?![^\W_])")
"""The ASCII punctuation that Markdown, its dialects or HTML give a meaning to inside a line.

An underscore between letters has none: https://github.github.com/gfm/#example-374
"""

QUOTED = re.compile(r"(?<!\S)([(\"']?)`([^`]+)`([).,:;?\"']*)(?!\S)")
"""What a text quotes with backticks, standing alone: then nothing else can join its span."""

PLAIN = re.compile(r"[^\w .,·:()/-]")
"""What a mermaid label does not hold as it is."""


def visible(text: str) -> str:
    r"""Return the text with everything that acts instead of being seen written out: ``\x1b``.

    These are control characters, line and paragraph breaks, invisible and direction-changing
    ones, private and unassigned ones, and lone surrogates, which no output could encode.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or unicodedata.category(char) == "Zs"
        else char.encode("unicode_escape").decode()
        for char in text
    )


def encodable(text: str) -> str:
    r"""Return the text with lone surrogates written out (``\udcff``): no UTF-8 could hold them."""
    return text.encode("utf-8", "backslashreplace").decode()


def cut(text: str, limit: int = PROSE) -> str:
    """Return at most ``limit`` characters of the text, and say how many it has."""
    return text if len(text) <= limit else _cut(text[:limit], text)


def _cut(shown: str, text: str) -> str:
    return f"{shown}… ({len(text):,} characters in all)"


def one_line(text: str, limit: int = PROSE) -> str:
    """Return prose as one visible line: its white space folded, the rest written out, cut."""
    # Only so much is folded: a message of megabytes is not read to show a line of it.
    folded = " ".join(text[: limit * 2].split())
    if len(folded) <= limit and len(text) <= limit * 2:
        return visible(folded)
    return _cut(visible(folded[:limit]), text)


def name(text: str, limit: int = PROSE) -> str:
    """Return a path, a rule or a name as one line in which nothing is folded away."""
    return visible(cut(text, limit))


def source_line(text: str, limit: int = LINE) -> str:
    """Return a line of source as it is shown: tabs as four spaces, the rest visible, cut."""
    shown = visible(text[:limit].expandtabs(4).rstrip())
    return shown if len(text) <= limit else _cut(shown, text)


for_terminal = one_line
"""Prose for a terminal: one line that cannot move, colour or rename anything."""


def for_html(text: str, limit: int = PROSE) -> str:
    """Return prose for the text or a quoted attribute of HTML and SVG."""
    return html.escape(one_line(text, limit))


def quoted_html(text: str, limit: int = PROSE) -> str:
    """Return prose for the text of HTML, with what it quotes in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", for_html(text, limit))


def for_markdown(text: str, limit: int = PROSE) -> str:
    """Return prose for any place inside a line of GitHub's Markdown, a table's cell too.

    Words that would notify people or become links are shown as code, where GitHub leaves
    them alone: it looks for them after it has decoded entities, so escaping is not enough.
    What the text itself quotes with backticks stays code.
    """
    line = one_line(text, limit)
    parts: list[str] = []
    at = 0
    for quoted in QUOTED.finditer(line):
        parts += [_words(line[at : quoted.start()]), quoted[1] + code(quoted[2]) + quoted[3]]
        at = quoted.end()
    return "".join([*parts, _words(line[at:])])


def _words(text: str) -> str:
    return " ".join(
        code(word) if LOUD.search(word) else MEANING.sub(_escaped, word) for word in text.split(" ")
    )


def _escaped(match: re.Match[str]) -> str:
    """Return a character that means something to Markdown as itself.

    By a backslash, not an entity: the Prefect UI shows those undecoded.
    """
    return f"\\{match[0]}"


def code(text: str, limit: int = PROSE) -> str:
    """Return the text as code in Markdown, whatever it holds, a table's cell too."""
    shown = name(text, limit)
    # GFM splits a row at every pipe, also inside code, and undoes no entity there:
    # https://github.github.com/gfm/#example-200
    return "\\|".join(_span(part) if part else "" for part in shown.split("|"))


def _span(text: str) -> str:
    """Return a code span with a fence longer than any in the text."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def for_mermaid(text: str, limit: int = 60) -> str:
    """Return prose for a quoted label of a mermaid graph, with its own kind of entities."""
    return PLAIN.sub(lambda match: f"#{ord(match[0])};", one_line(text, limit))
