"""The tests' own runner evaluates expressions as GitHub documents them."""

from __future__ import annotations

import pytest

from tests.deployments.expressions import filled_in, holds, value
from tests.deployments.runner import outputs_in

CONTEXTS = {
    "inputs": {"fail-on": "Never", "empty": ""},
    "github": {"event": {"pull_request": {"number": 7}}, "run_id": 12},
    "steps": {"a": {"outputs": {"cache-hit": "true"}}},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", "it's"),
        ("inputs.fail-on == 'never'", True),
        ("inputs.empty != ''", False),
        ("steps.b.outputs.cache-hit != 'true'", True),
        ("steps.a.outputs.cache-hit == 'true' && inputs.empty == ''", True),
        ("github.event.issue.number || github.run_id", 12),
        ("github.event.issue.number == ''", True),
        ("github.event.pull_request.number == '7'", True),
        ("!(inputs.empty || false)", True),
        ("true == 1", True),
        ("inputs.fail-on == 7", False),
    ],
)
def test_an_expression_has_the_value_that_github_says(text, expected):
    assert value(text, CONTEXTS) == expected


@pytest.mark.parametrize("text", ["nothing.there", "a ~ b", "'a' 'b'"])
def test_what_a_runner_would_refuse_is_refused(text):
    with pytest.raises(ValueError, match=r"context|expression|goes on"):
        value(text, CONTEXTS)


def test_what_is_not_there_is_nothing_in_a_text():
    assert filled_in("<${{ github.event.issue.number }}>", CONTEXTS) == "<>"
    assert filled_in("${{ inputs.fail-on }}-${{ github.run_id }}", CONTEXTS) == "Never-12"


def test_a_step_after_one_that_failed_runs_only_if_it_asks_to():
    assert holds("inputs.empty == ''", CONTEXTS, failed=False)
    assert not holds("inputs.empty == ''", CONTEXTS, failed=True)
    assert holds("always() && inputs.empty == ''", CONTEXTS, failed=True)


def test_outputs_are_read_in_both_forms():
    assert outputs_in("a=b=c\nlong<<END\none\nx=y\nEND\nd=\n") == {
        "a": "b=c",
        "long": "one\nx=y",
        "d": "",
    }
