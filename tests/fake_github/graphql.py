"""Answer GraphQL by GitHub's own schema; what nobody answers fails, and is never null."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    execute_sync,
    parse,
    validate,
)

from tests.fake_github import (
    descriptions,
    graphql_checks,
    graphql_comments,
    graphql_files,
    graphql_mutations,
    graphql_pulls,
)
from tests.fake_github.access import Caller
from tests.fake_github.accounts import Account, App
from tests.fake_github.git_objects import Commit
from tests.fake_github.graphql_cost import Measure
from tests.fake_github.graphql_files import Blob
from tests.fake_github.graphql_question import (
    CONNECTION,
    EDGE,
    PAGE_INFO,
    Field,
    Fields,
    Question,
    RefusedError,
)
from tests.fake_github.hub import Hub
from tests.fake_github.state import (
    CheckRun,
    CheckSuite,
    IssueComment,
    Pull,
    Repo,
    Review,
    ReviewComment,
    Status,
    Thread,
)

FIELDS: Fields = {
    **graphql_pulls.FIELDS,
    **graphql_comments.FIELDS,
    **graphql_checks.FIELDS,
    **graphql_files.FIELDS,
    **graphql_mutations.FIELDS,
    "PageInfo": PAGE_INFO,
}

TYPES: Mapping[type, str] = {
    App: "App",
    Blob: "Blob",
    CheckRun: "CheckRun",
    CheckSuite: "CheckSuite",
    Commit: "Commit",
    IssueComment: "IssueComment",
    Pull: "PullRequest",
    Repo: "Repository",
    Review: "PullRequestReview",
    ReviewComment: "PullRequestReviewComment",
    Status: "StatusContext",
    Thread: "PullRequestReviewThread",
}
"""What our things are where the schema has an interface or a union."""

UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'\.")
UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'\.")


class UnansweredError(Exception):
    """The schema has a field that the stand-in does not answer."""


@functools.cache
def schema() -> GraphQLSchema:
    """Return GitHub's schema; built once, in about a second."""
    return build_ast_schema(
        parse(descriptions.graphql(), no_location=True), assume_valid=True, assume_valid_sdl=True
    )


@functools.lru_cache(maxsize=256)
def check(document: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Return a document parsed, and what is wrong with it by the schema."""
    try:
        parsed = parse(document)
    except GraphQLError as error:
        return None, (error,)
    return parsed, tuple(validate(schema(), parsed))


def answer(
    hub: Hub,
    caller: Caller,
    document: str,
    variables: Mapping[str, Any] | None = None,
    operation: str | None = None,
) -> dict[str, Any]:
    """Return what GitHub would answer, always with status 200."""
    try:
        parsed, wrong = check(document)
    except descriptions.UnobtainableError as missing:
        hub.unknown.append(f"GraphQL: {missing}")
        return {"errors": [{"message": str(missing)}]}
    if parsed is None or wrong:
        return {"errors": [_static(error) for error in wrong]}
    measure = Measure(schema(), parsed, variables or {})
    refused = list(measure.errors())
    if refused:
        return {"errors": refused}
    with hub.lock:
        done = execute_sync(
            schema(),
            parsed,
            context_value=functools.partial(Question, hub, caller, cost=measure.cost),
            variable_values=dict(variables or {}),
            operation_name=operation,
            field_resolver=_resolve,
            type_resolver=_type_of,
        )
    errors = done.errors or []
    shown = [_dynamic(error) for error in errors]
    unanswered = [e for e in errors if isinstance(e.original_error, UnansweredError)]
    hub.unknown.extend(error.message for error in unanswered)
    if unanswered or any(error.path is None for error in errors):
        return {"errors": shown}  # without a path: not begun, its variables are wrong
    return {"data": done.data, "errors": shown} if shown else {"data": done.data}


def _resolve(thing: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Answer a field by the table of its type."""
    kind, name = info.parent_type.name, info.field_name
    question: Question = info.context(arguments)
    if kind.endswith("Payload"):
        # of the mutation's own arguments, only this comes back
        return thing.get(name) if name == "clientMutationId" else thing[name]
    found = _fields(kind).get(name)
    if found is None:
        raise UnansweredError(f"GraphQL {kind}.{name}")
    value = found(thing, question)
    if kind == "Mutation":
        value["clientMutationId"] = question["input"].get("clientMutationId")
    return value


def _fields(kind: str) -> Mapping[str, Field]:
    if kind.endswith("Connection"):
        return CONNECTION
    return EDGE if kind.endswith("Edge") else FIELDS.get(kind, {})


def _type_of(thing: Any, _: GraphQLResolveInfo[Any], __: Any) -> str:
    return thing.type if isinstance(thing, Account) else TYPES[type(thing)]


def _static(error: GraphQLError) -> dict[str, Any]:
    """Return an error in a document, in GitHub's words where it has its own."""
    shown: dict[str, Any] = {"message": error.message, "locations": _places(error)}
    field = UNKNOWN_FIELD.match(error.message)
    if field:
        name, kind = field.groups()
        shown["message"] = f"Field '{name}' doesn't exist on type '{kind}'"
        shown["extensions"] = {"code": "undefinedField", "typeName": kind, "fieldName": name}
    argument = UNKNOWN_ARGUMENT.match(error.message)
    if argument:
        name, _, field_name = argument.groups()
        shown["message"] = f"Field '{field_name}' doesn't accept argument '{name}'"
        shown["extensions"] = {
            "code": "argumentNotAccepted",
            "name": field_name,
            "typeName": "Field",
            "argumentName": name,
        }
    return shown


def _dynamic(error: GraphQLError) -> dict[str, Any]:
    """Return an error of the execution.

    Raises:
        Exception: what went wrong in the stand-in itself.
    """
    cause = error.original_error
    shown: dict[str, Any] = {"path": error.path, "locations": _places(error)}
    if isinstance(cause, RefusedError):
        shown = {"type": cause.type, **shown}
        if cause.type == "FORBIDDEN":
            shown["extensions"] = {"saml_failure": False}
    elif cause is not None and not isinstance(cause, UnansweredError | GraphQLError):
        raise cause
    return {**shown, "message": error.message}


def _places(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": place.line, "column": place.column} for place in error.locations or ()]
