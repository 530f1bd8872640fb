"""The page about the analysers is held to the list of them."""

from __future__ import annotations

import re
import tomllib

import pytest

from tasks.analysers import ANALYSERS
from tests.pages import ROOT, rows

ROWS = {row["analyser"].strip("`"): row for row in rows("docs/analysers.md", "The table")}
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
EVERY = pytest.mark.parametrize("name", ANALYSERS)


def numbers(cell):
    """Return the numbers that a cell lists: ``0, 11-13`` is 0, 11, 12 and 13."""
    spans = [span.split("-") for span in re.findall(r"\d+(?:-\d+)?", cell)]
    return {number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)}


def test_every_analyser_has_a_row_and_no_row_has_none():
    assert list(ROWS) == list(ANALYSERS)


@EVERY
def test_its_row_has_its_step(name):
    assert ROWS[name]["step"] == ANALYSERS[name].step


@EVERY
def test_its_row_says_what_installs_it(name):
    extra = ANALYSERS[name].extra
    installed = f"`{extra}`" if extra in EXTRAS else "its binary"
    assert ROWS[name]["set"] == (installed if extra else "core")


@EVERY
def test_its_row_has_the_exit_codes_by_which_it_has_looked(name):
    assert numbers(ROWS[name]["looked"]) == ANALYSERS[name].looked


@EVERY
def test_its_row_says_when_it_looks_only_where_it_is_asked_to(name):
    assert ("enabled: true" in ROWS[name]["notes"]) == ANALYSERS[name].opt_in
