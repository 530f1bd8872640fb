"""A mistake in a settings file is said so that its author can mend it."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from tasks.core.settings_file import SettingsError, read_settings, unknown


class Inner(BaseModel, extra="forbid"):
    size: int = 0
    share: float = 0.0
    fast: bool = False
    words: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()
    either: bool | int | None = None


class Settings(BaseModel, extra="forbid"):
    title: Annotated[str, Field(max_length=5)] = ""
    inner: Inner | None = None
    by_name: dict[str, Inner] = Field(default_factory=dict)
    plain: Inner = Inner()


def test_settings_are_read_with_their_lines():
    settings, marked = read_settings("title: hello\nplain:\n  size: 3", "s", Settings)
    assert settings == Settings(title="hello", plain=Inner(size=3))
    assert marked.line(("plain", "size")) == 3


def test_settings_that_are_no_yaml_are_refused_with_the_line():
    with pytest.raises(SettingsError, match=r"^s\.yaml:2: not YAML"):
        read_settings("a: 1\nb: [", "s.yaml", Settings)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("titel: x", "s:1: unknown name 'titel'; did you mean 'title'?"),
        ("zzzz: x", "s:1: unknown name 'zzzz'; known here: by_name, inner, plain, title"),
        ("inner:\n  sice: 1", "s:2: unknown name 'sice'; did you mean 'size'?"),
        ("by_name:\n  any:\n    word: 1", "s:3: unknown name 'word'; did you mean 'words'?"),
        ("title: 3", "s:1: 'title': expected text, not 3"),
        (
            "title: too long",
            "s:1: 'title': expected String should have at most 5 characters, not 'too long'",
        ),
        ("plain:\n  size: big", "s:2: 'plain.size': expected a whole number, not 'big'"),
        ("plain:\n  size: 1.5", "s:2: 'plain.size': expected a whole number, not 1.5"),
        ("plain: {share: [x]}", "s:1: 'plain.share': expected a number, not ['x']"),
        ("plain: {fast: maybe}", "s:1: 'plain.fast': expected true or false, not 'maybe'"),
        ("plain: {words: one}", "s:1: 'plain.words': expected a list, not 'one'"),
        ("plain: {only: one}", "s:1: 'plain.only': expected a list, not 'one'"),
        ("plain: {words: [a, 2]}", "s:1: 'plain.words.1': expected text, not 2"),
        ("plain: no", "s:1: 'plain': expected names with values, not 'no'"),
        ("by_name: [a]", "s:1: 'by_name': expected names with values, not ['a']"),
        (
            "plain: {either: x}",
            "s:1: 'plain.either': expected true or false or a whole number, not 'x'",
        ),
        ("title: 1\nplain: no", "s:1: 'title': expected text, not 1 (and 1 more)"),
        ("plain: no\ntitle: 1\nx: 2", "s:1: 'plain': expected names with values, not 'no' (and 2"),
        (
            "title: " + "y" * 99,
            f"s:1: 'title': expected String should have at most 5 characters, not '{'y' * 56}...",
        ),
        ('"\\e[31m": 1', r"s:1: unknown name '\x1b[31m'; known here"),
    ],
)
def test_the_first_mistake_is_said_with_line_expectation_and_the_nearest_name(text, complaint):
    with pytest.raises(SettingsError) as refused:
        read_settings(text, "s", Settings)
    assert str(refused.value).startswith(complaint)


def test_values_that_look_like_numbers_can_stay_text():
    settings, _ = read_settings("title: 3.10", "s", Settings, texts=frozenset({"title"}))
    assert settings.title == "3.10"


def test_an_unknown_name_is_shown_plainly_whatever_it_is():
    assert unknown("sïze\n", ["size"]) == r"unknown name 's\xefze\n'; did you mean 'size'?"
