"""What is asked: our documents are right, and wrong ones are refused as GitHub does."""

from __future__ import annotations

import pytest

from tasks.forge import documents
from tests.fake_github import graphql
from tests.tasks.forge.graphql.conftest import PULL


def ours() -> dict[str, str]:
    """Return every document of ours."""
    many = documents.settling([documents.Settle("T", "C", "done"), documents.Settle("U", "D", "x")])
    whole = {
        name: text
        for name, text in vars(documents).items()
        if isinstance(text, str) and text.lstrip().startswith(("query", "mutation"))
    }
    return whole | {"settling": many[0]}


@pytest.mark.parametrize("name", ours())
def test_our_documents_are_right_by_githubs_schema(name):
    _, wrong = graphql.check(ours()[name])
    assert not wrong


def test_there_are_documents_of_ours():
    assert "PULL" in ours()


def test_a_field_that_is_not_there_is_refused_in_githubs_words(place):
    answer = place.ask("{ viewer { login shoeSize } }")
    assert answer == {
        "errors": [
            {
                "message": "Field 'shoeSize' doesn't exist on type 'User'",
                "locations": [{"line": 1, "column": 18}],
                "extensions": {
                    "code": "undefinedField",
                    "typeName": "User",
                    "fieldName": "shoeSize",
                },
            }
        ]
    }


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{ viewer { login(x: 1) } }", "Field 'login' doesn't accept argument 'x'"),
        ("{ viewer {", "Syntax Error"),
        ("query($n: Int!) { viewer { login } }", "Variable '$n' is never used"),
    ],
)
def test_a_document_that_is_wrong_is_not_executed(place, document, message):
    answer = place.ask(document)
    assert "data" not in answer
    assert message in answer["errors"][0]["message"]


def test_a_variable_that_is_missing_is_an_error_without_data(place):
    answer = place.ask(PULL % "number")
    assert "data" not in answer
    assert "$n" in answer["errors"][0]["message"]


def test_what_nobody_answers_fails_and_is_remembered(place):
    answer = place.ask("{ viewer { login bio } }")
    assert "data" not in answer
    assert answer["errors"][0]["message"] == "GraphQL User.bio"
    assert place.hub.unknown == ["GraphQL User.bio"]
