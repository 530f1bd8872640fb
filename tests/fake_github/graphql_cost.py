"""What a GraphQL document may ask for at once, and what it costs.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

PAGE, NODES = 100, 500_000


@dataclass(frozen=True)
class Listing:
    """A list that is asked for: ``most`` of it, in each of ``times`` places; None: not bounded."""

    name: str
    argument: str
    most: int | None
    times: int


class Measure:
    """Look at an operation before it is executed."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = variables
        parts = document.definitions
        self._fragments = {p.name.value: p for p in parts if isinstance(p, FragmentDefinitionNode)}
        self._lists = [
            found
            for part in parts
            if isinstance(part, OperationDefinitionNode)
            for found in self._walk(part.selection_set, schema.get_root_type(part.operation), 1)
        ]

    @property
    def cost(self) -> int:
        """Return the points that it costs of the hourly limit: a hundredth of its requests."""
        return max(1, round(sum(one.times for one in self._lists) / 100))

    def errors(self) -> Iterator[dict[str, Any]]:
        """Yield why it is refused unexecuted."""
        for one in self._lists:
            if one.most is None:
                yield {
                    "type": "MISSING_PAGINATION_BOUNDARIES",
                    "message": "You must provide a `first` or `last` value to properly paginate"
                    f" the `{one.name}` connection.",
                }
            elif not 0 <= one.most <= PAGE:
                yield {
                    "type": "EXCESSIVE_PAGINATION",
                    "message": f"Requesting {one.most} records on the `{one.name}` connection"
                    f" exceeds the `{one.argument}` limit of {PAGE} records.",
                }
        nodes = sum(one.times * (one.most or 0) for one in self._lists)
        if nodes > NODES:
            yield {
                "type": "MAX_NODE_LIMIT_EXCEEDED",
                "message": f"This query requests up to {nodes:,} possible nodes which exceeds the"
                f" maximum limit of {NODES:,}.",
            }

    def _walk(self, selected: SelectionSetNode | None, kind: Any, times: int) -> Iterator[Listing]:
        for one in selected.selections if selected else ():
            if isinstance(one, FragmentSpreadNode):
                part = self._fragments[one.name.value]
                inside = self._schema.get_type(part.type_condition.name.value)
                yield from self._walk(part.selection_set, inside, times)
            elif isinstance(one, InlineFragmentNode):
                named = one.type_condition
                inside = self._schema.get_type(named.name.value) if named else kind
                yield from self._walk(one.selection_set, inside, times)
            elif isinstance(one, FieldNode):
                yield from self._field(one, kind, times)

    def _field(self, field: FieldNode, kind: Any, times: int) -> Iterator[Listing]:
        known = getattr(kind, "fields", {}).get(field.name.value)
        if known is None:  # __typename
            return
        inside = get_named_type(known.type)
        if inside.name.endswith("Connection") and "first" in known.args:
            given = {
                one.name.value: value_from_ast_untyped(one.value, dict(self._variables))
                for one in field.arguments or ()
            }
            argument = "last" if given.get("last") is not None else "first"
            listing = Listing(field.name.value, argument, given.get(argument), times)
            yield listing
            times *= max(1, listing.most or 1)
        yield from self._walk(field.selection_set, inside, times)
