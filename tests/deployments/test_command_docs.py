"""The page about the command is held to the parser."""

from __future__ import annotations

import argparse
import re

import pytest

from deployments.command import CHANGES, STATES, parser
from tasks.core.state import WorkflowStatus
from tasks.core.verdict import EXIT_CODES
from tests.pages import ROOT, rows

PAGE = "docs/command.md"


def below(command):
    """Return what a command's subcommands are, by name."""
    kinds = (a.choices for a in command._actions if isinstance(a, argparse._SubParsersAction))
    return dict(next(kinds, {}))


COMMANDS = below(parser())
CONNECT = below(COMMANDS["connect"])


def options(command):
    """Return what a command understands, by the name of its row."""
    said = [action for action in command._actions if action.dest != "help"]
    return {(a.option_strings or [a.metavar])[0]: a for a in said}


def told(section, **of):
    """Return a section's rows by what they are about; of several tables those that are meant."""
    found = [row for row in rows(PAGE, section) if all(row[k] == v for k, v in of.items())]
    return {re.match(r"`([^ `]+)", row["option"])[1]: row for row in found}


SERVICE = ("up", "down", "status", "submit", "webhook", "doctor")
PLAIN = {name: COMMANDS[name] for name in ("pr", "baseline", *SERVICE, "list", "show", *CHANGES)}
TABLES = [
    *((f"review {name}", {}, command) for name, command in PLAIN.items()),
    *(("review connect", {"what": f"`{name}`"}, command) for name, command in CONNECT.items()),
]
EVERY_TABLE = pytest.mark.parametrize(("section", "of", "command"), TABLES)
EVERY_ROW = pytest.mark.parametrize(
    ("row", "name", "action"),
    [
        pytest.param(told(section, **of).get(name, {}), name, action, id=f"{section} {of} {name}")
        for section, of, command in TABLES
        for name, action in options(command).items()
    ],
)


def test_every_command_has_its_section():
    headings = re.findall(r"(?m)^## review (\w+)$", (ROOT / PAGE).read_text(encoding="utf-8"))
    assert headings == list(COMMANDS)
    assert {*COMMANDS} == {*PLAIN, "connect", "server"}, "a new command: hold its table as well"


def test_every_command_is_in_the_overview():
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    named = re.findall(r"(?m)^review (\w+)", page.partition("## ")[0])
    assert list(dict.fromkeys(named)) == list(COMMANDS)


@EVERY_TABLE
def test_every_option_has_a_row_and_no_row_has_none(section, of, command):
    assert list(told(section, **of)) == list(options(command))


@EVERY_ROW
def test_its_row_has_its_value_its_choices_and_its_default(row, name, action):
    assert row["meaning"]
    if action.option_strings and action.metavar:
        assert row["option"] == f"`{name} {action.metavar}`"
    for choice in action.choices or ():
        assert f"`{choice}`" in row["meaning"]
    if isinstance(action.default, str) and action.default:
        assert row["default"] == f"`{action.default}`"


def test_every_word_of_server_has_a_row():
    (action,) = (a for a in COMMANDS["server"]._actions if a.dest == "what")
    assert list(told("review server")) == list(action.choices)


def test_every_exit_code_has_a_row():
    codes = {int(row["code"]) for row in rows(PAGE, "Exit codes")}
    assert codes == {*EXIT_CODES.values(), 2, 130}


def test_every_state_of_a_review_has_a_row_that_says_where_it_can_go():
    assert list(STATES) == list(WorkflowStatus)
    told = {row["state"].strip("`"): row for row in rows(PAGE, "The states of a review")}
    assert list(told) == list(WorkflowStatus)
    for status in WorkflowStatus:
        goes = [word for word in WorkflowStatus if status.can_transition_to(word)]
        assert re.findall(r"`(\w+)`", told[status]["goes on to"]) == goes
        assert told[status]["meaning"]
