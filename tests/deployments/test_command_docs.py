"""The page about the command is held to the parser."""

from __future__ import annotations

import argparse
import re

import pytest

from deployments.command import parser
from tasks.core.verdict import EXIT_CODES
from tests.pages import rows

PAGE = "docs/command.md"
(COMMANDS,) = (
    action.choices for action in parser()._actions if isinstance(action, argparse._SubParsersAction)
)


def options(command):
    """Return what a command understands, each with its choices."""
    said = [action for action in COMMANDS[command]._actions if action.dest != "help"]
    return {(action.option_strings or action.choices)[0]: action for action in said}


def told(section):
    return {re.match(r"`([\w-]+)", row["option"])[1]: row for row in rows(PAGE, section)}


def test_every_command_has_its_section():
    assert set(COMMANDS) == {"pr", "baseline", "server"}


def test_every_option_of_pr_has_a_row_and_no_row_has_none():
    assert list(told("review pr")) == list(options("pr"))


@pytest.mark.parametrize("option", options("pr"))
def test_its_row_has_its_value_its_choices_and_its_default(option):
    row, action = told("review pr")[option], options("pr")[option]
    assert row["meaning"]
    if action.metavar:
        assert row["option"] == f"`{option} {action.metavar}`"
    for choice in action.choices or ():
        assert f"`{choice}`" in row["meaning"]
    if isinstance(action.default, str):
        assert row["default"] == f"`{action.default}`"


def test_every_word_of_server_has_a_row():
    (action,) = options("server").values()
    assert list(told("review server")) == list(action.choices)


def test_every_exit_code_has_a_row():
    codes = {int(row["code"]) for row in rows(PAGE, "Exit codes")}
    assert codes == {*EXIT_CODES.values(), 2, 130}
