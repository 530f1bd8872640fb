"""Hold every request and answer of the stand-in against GitHub's own description of them."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.fake_github import descriptions
from tests.fake_github.schemas import at, resolve, violations

VERSION = "2022-11-28"
TROUBLE = "https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api"

NULLABLE = MappingProxyType(
    {
        # null once it is outdated: https://github.com/github/rest-api-description/issues/1901
        "pull-request-review-comment": ("line", "position"),
        "review-comment": ("line",),
    }
)
"""Where GitHub answers null and its description does not say so."""

ERRORS = ("basic-error", "validation-error", "validation-error-simple")
"""The shapes of a refusal: operations mix them, whichever they document."""

COMMON = MappingProxyType(
    {
        304: "https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api",
        400: f"{TROUBLE}: problems parsing JSON",
        401: "https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api",
        403: f"{TROUBLE}: resource not accessible",
        404: f"{TROUBLE}: not found for an existing resource",
        422: f"{TROUBLE}: validation failed",
        429: "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api",
    }
)
"""What any operation may answer, documented for it or not, with the source."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the description, its path as a pattern."""

    method: str
    template: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]

    def __str__(self) -> str:
        """Return it as GitHub's documentation does."""
        return f"{self.method} {self.template}"

    def parameters(self, place: str) -> dict[str, Mapping[str, Any]]:
        """Return its parameters that are in the ``path`` or the ``query``."""
        every = self.description.get("parameters", ())
        return {one["name"]: one for one in every if one["in"] == place}


class Validator:
    """What GitHub's description says of requests and answers."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        known = resolve(_with_exceptions(description))
        schemas = known["components"]["schemas"]
        self._errors = [schemas[name] for name in ERRORS]
        found = [
            Operation(method.upper(), path, _pattern(path), operation)
            for path, methods in known["paths"].items()
            for method, operation in methods.items()
        ]
        # a literal step before one that could be anything
        self._operations = sorted(found, key=lambda operation: operation.template.count("{"))

    def check(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        request_body: object,
        status: int,
        answer_body: object,
        headers: Mapping[str, str] = NOTHING,
    ) -> list[str]:
        """Return what a request and its answer do against the description, in words.

        Bodies are what was in the JSON, None where there was no body. ``path`` is as of
        api.github.com: without `/api/v3`. ``headers`` are the request's.
        """
        for operation in self._operations:
            place = operation.pattern.fullmatch(path)
            if place and operation.method == method:
                wrong = [
                    *_values("path", operation.parameters("path"), place.groupdict()),
                    *_values("query", operation.parameters("query"), query),
                    *_version(headers),
                    *_request(operation, request_body),
                    *self._answer(operation, status, answer_body),
                ]
                return [f"{operation}: {one}" for one in wrong]
        return [f"{method} {path}: no such operation among those that the stand-in knows"]

    def _answer(self, operation: Operation, status: int, body: object) -> Iterator[str]:
        documented = operation.description["responses"].get(str(status))
        if documented is None and status not in COMMON:
            if status < 500:
                yield f"answer {status}: not documented"
            return
        schema = _schema(documented or NOTHING)
        if status >= 400:
            schemas = [*self._errors, schema] if schema else self._errors
            schema = {"anyOf": schemas}
            if body is None and not _schema(documented or NOTHING):
                return
        yield from _body(f"answer {status}", schema, body)


SAME_AS = {
    "/app/installations": ("", "installation"),
    "/installation/repositories": ("properties/repositories", "repository"),
}
"""Lists whose items are written out once more, a little otherwise; what they are of is there."""


def _with_exceptions(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description with what GitHub does otherwise."""
    amended: dict[str, Any] = copy.deepcopy(dict(description))
    schemas = amended["components"]["schemas"]
    for name, properties in NULLABLE.items():
        for one in properties:
            schemas[name]["properties"][one]["nullable"] = True
    for name in ERRORS:  # every refusal has its status in it, seen since 2024
        schemas[name]["properties"].setdefault("status", {"type": "string"})
    for path, (place, name) in SAME_AS.items():
        if path in amended["paths"]:
            ok = amended["paths"][path]["get"]["responses"]["200"]
            schema = ok["content"]["application/json"]["schema"]
            (at(schema, place) if place else schema)["items"] = {
                "$ref": f"#/components/schemas/{name}"
            }
    return amended


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))


def _schema(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of a documented body, or None where it documents none."""
    schema: Mapping[str, Any] | None = (
        part.get("content", NOTHING).get("application/json", NOTHING).get("schema")
    )
    return schema


def _body(what: str, schema: Mapping[str, Any] | None, body: object) -> Iterator[str]:
    if schema is None:
        if body:
            yield f"{what}: has a body, and none is documented"
    else:
        for wrong in violations(schema, body):
            yield f"{what}: {wrong}"


def _request(operation: Operation, body: object) -> Iterator[str]:
    documented = operation.description.get("requestBody", NOTHING)
    if body is None and not documented.get("required"):
        return
    yield from _body("request", _schema(documented), body)


def _values(
    place: str, known: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is wrong with the parameters of a path or query."""
    for name, text in given.items():
        if name not in known:
            yield f"{place}: unknown parameter {name!r}"
            continue
        for wrong in violations(known[name]["schema"], _parsed(text, known[name]["schema"])):
            yield f"{place}: {name}{wrong.removeprefix('$')}"
    for name, parameter in known.items():
        if parameter.get("required") and name not in given:
            yield f"{place}: {name} is missing"


def _parsed(text: str, schema: Mapping[str, Any]) -> object:
    """Return a parameter's text as the type that it shall have, where it can be that."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text, re.ASCII):
        return int(text)
    return (
        {"true": True, "false": False}.get(text, text) if schema.get("type") == "boolean" else text
    )


def _version(headers: Mapping[str, str]) -> Iterator[str]:
    asked = {name.lower(): value for name, value in headers.items()}.get("x-github-api-version")
    if asked not in {None, VERSION}:
        yield f"request: version {asked} of the API, and the description is of {VERSION}"


@functools.cache
def official() -> Validator | None:
    """Return the validator by GitHub's description; None where it is not to be had.

    Raises:
        descriptions.UnobtainableError: the same in CI, where nothing may go unchecked.
    """
    try:
        return Validator(descriptions.rest())
    except descriptions.UnobtainableError as missing:
        descriptions.demand_in_ci(missing)
        return None


def unchecked() -> Sequence[str]:
    """Return what the summary of a test run has to say: that nothing was checked, and why."""
    if not official.cache_info().currsize or official() is not None:
        return ()
    try:
        descriptions.rest()
    except descriptions.UnobtainableError as missing:
        return (f"NOT CHECKED against GitHub's description: {missing}",)
    return ()
