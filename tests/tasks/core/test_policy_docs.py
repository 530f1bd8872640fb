"""The page about the policy is held to the models, and to what is taken from a repository."""

from __future__ import annotations

import pytest
import yaml
from pydantic import BaseModel

from tasks.analysers import ANALYSERS
from tasks.core.marked_yaml import read_marked
from tasks.core.plan import RetryPolicy
from tasks.core.policy import (
    ComplexityPolicy,
    PullRequestPolicy,
    ReviewPolicy,
    SayPolicy,
    StepPolicy,
    TestsPolicy,
    read_policy,
)
from tasks.core.template import PR_REVIEW
from tasks.core.trust import trusted_part
from tests.pages import fences, rows

PAGE = "docs/policy.md"
SECTIONS = {
    "The review": ReviewPolicy,
    "A step": StepPolicy,
    "Trying again": RetryPolicy,
    "Complexity": ComplexityPolicy,
    "Tests": TestsPolicy,
    "Pull requests": PullRequestPolicy,
    "Saying": SayPolicy,
}
FIELDS = [(section, name) for section, model in SECTIONS.items() for name in model.model_fields]


def told(section):
    return {row["key"].strip("`"): row for row in rows(PAGE, section)}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_has_a_row_and_no_row_has_none(section):
    assert list(told(section)) == list(SECTIONS[section].model_fields)


@pytest.mark.parametrize(("section", "name"), FIELDS)
def test_its_row_has_its_type_its_default_and_what_it_means(section, name):
    row = told(section)[name]
    default = getattr(SECTIONS[section](), name)
    assert row["type"]
    assert row["meaning"]
    if row["default"].startswith("`"):
        dumped = SECTIONS[section]().model_dump(mode="json")[name]
        dumped = sorted(dumped) if isinstance(default, frozenset) else dumped
        assert yaml.safe_load(row["default"].strip("`")) == dumped
    else:
        assert default is None or isinstance(default, BaseModel)


@pytest.mark.parametrize("text", fences(PAGE, "yaml"))
def test_every_example_is_a_policy(text):
    policy = read_policy(text, PAGE, steps=PR_REVIEW.names, analysers=tuple(ANALYSERS))
    assert policy != ReviewPolicy()


def test_the_example_says_every_key_there_is():
    said = [read_marked(text).values for text in fences(PAGE, "yaml")]
    assert {key for values in said for key in values} == set(ReviewPolicy.model_fields)


OTHERWISE = {
    "tests.sandbox": "none",
    "tests.python": "/opt/python",
    "osv": "https://osv.example",
    "limits": {"cpu_intensive": 64},
    "say.approve": True,
}
"""What is no number and not a repository's to say, and another value of it."""


def taken(key, value):
    """Return what becomes of a repository's word."""
    part, _, name = key.rpartition(".")
    theirs = ReviewPolicy.model_validate({part: {name: value}} if part else {name: value})
    trusted = trusted_part(theirs)
    return getattr(getattr(trusted, part) if part else trusted, name)


def bounds():
    """Return the numbers that a repository can lower and cannot raise."""
    defaults = {**dict(ReviewPolicy()), **{f"tests.{k}": v for k, v in dict(TestsPolicy()).items()}}
    found = {key: value for key, value in defaults.items() if isinstance(value, int | float)}
    found.pop("fail_on")
    return {k for k, v in found.items() if taken(k, v + 1) == v and taken(k, v - 1) == v - 1}


def test_the_page_says_what_is_not_taken_from_a_repository():
    table = rows(PAGE, "What a repository may not say")
    assert {row["key"].strip("`") for row in table if row["what it can do"] == "nothing"} == {
        key for key, value in OTHERWISE.items() if taken(key, value) != value and key != "osv"
    }
    assert {row["key"].strip("`") for row in table if row["what it can do"] == "lower it"} == (
        bounds()
    )
    assert [row["key"] for row in table if row["what it can do"] == "switch it off"] == ["`osv`"]
    assert taken("osv", OTHERWISE["osv"]) == ReviewPolicy().osv
    assert taken("osv", "off") == "off"
