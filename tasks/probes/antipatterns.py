"""Print what Python files do in loops that is better done once, and how deep their loops nest."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Sequence

from tasks.probes.loops import Repeated, Scope, dotted, scopes
from tasks.probes.source import Item, answer, files, text_of, tree_of

DATABASE = re.compile(
    r"(?:cursor|cur|conn|connection|session|db|database|transaction)$", re.IGNORECASE
)
QUERIES = frozenset({"execute", "scalar", "scalars", "fetchrow", "fetchval"})
ORM = re.compile(r"\.objects\.(?:get|create|get_or_create|update_or_create)$")
ROWS = re.compile(r"\s*(?:select|insert|update|delete|with|replace|merge)\b", re.IGNORECASE)
"""A statement about rows; there is no other way to create ten tables than ten statements."""

HTTP = frozenset(
    f"{library}.{method}"
    for library in ("requests", "httpx")
    for method in ("get", "post", "put", "patch", "delete", "head", "options", "request")
)

PAIR = 2
"""Arguments of a list's insert(); a data frame's takes more."""

SHORT = frozenset({"argv", "args", "sys.path", "path", "parts", "tokens", "words"})
"""Lists that are so short that how they are taken from does not matter."""

Check = Callable[[Repeated, Scope, frozenset[str]], str]
"""Return what it is about if this, repeated in a loop of this scope, is one; else nothing."""


def _call(repeated: Repeated) -> tuple[str, list[ast.expr]]:
    """Return what is called, and with what; nothing for an assignment."""
    node = repeated.node
    return (dotted(node.func), node.args) if isinstance(node, ast.Call) else ("", [])


def query(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """A query for each round of a ``for``: the database is asked once for each row."""
    del scope, modules
    name, args = _call(repeated)
    if repeated.loop.kind != "for":
        return ""  # by pages, or until there is no more
    if ORM.search(name):
        return name
    receiver, _, method = name.rpartition(".")
    if method not in QUERIES or not DATABASE.search(receiver) or not args:
        return ""
    statement = args[0]
    if isinstance(statement, ast.Name) and statement.id in repeated.loop.sets:
        return ""  # a list of statements
    if isinstance(statement, ast.JoinedStr) and statement.values:
        statement = statement.values[0]
    if isinstance(statement, ast.Constant) and not ROWS.match(str(statement.value)):
        return ""
    return name


def connection(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """A request that opens a connection of its own in each round."""
    del scope
    name, _ = _call(repeated)
    ours = repeated.loop.kind == "for" and name in HTTP and name.partition(".")[0] in modules
    return name if ours else ""


def reopened(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """The same file, opened in each round."""
    del scope, modules
    name, args = _call(repeated)
    if name != "open" or not args or repeated.loop.kind != "for":
        return ""
    return ast.unparse(args[0])[:60] if repeated.loop.same_every_time(args) else ""


def compiled(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """The same regular expression, compiled in each round."""
    del scope
    name, args = _call(repeated)
    if name != "re.compile" or "re" not in modules or not args:
        return ""
    return name if repeated.loop.same_every_time(args) else ""


def popped(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """The first of a list taken away in each round: all others are moved."""
    del scope, modules
    name, args = _call(repeated)
    receiver, _, method = name.rpartition(".")
    first = len(args) == 1 and isinstance(args[0], ast.Constant) and args[0].value == 0
    return receiver if method == "pop" and first and _is_long(receiver) else ""


def pushed(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """Something put before the first of a list in each round: all others are moved."""
    del scope, modules
    name, args = _call(repeated)
    receiver, _, method = name.rpartition(".")
    first = len(args) == PAIR and isinstance(args[0], ast.Constant) and args[0].value == 0
    return receiver if method == "insert" and first and _is_long(receiver) else ""


def _is_long(receiver: str) -> bool:
    return receiver not in SHORT and receiver.rpartition(".")[2] not in SHORT


def glued(repeated: Repeated, scope: Scope, modules: frozenset[str]) -> str:
    """A text that grows by ``+=`` in each round."""
    del modules
    node = repeated.node
    if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add):
        return ""
    if not isinstance(node.target, ast.Name) or node.target.id in repeated.loop.fresh:
        return ""  # begun anew in each round
    name = node.target.id
    return name if name in scope.texts - scope.others else ""


CHECKS: dict[str, Check] = {
    "query-in-loop": query,
    "connection-in-loop": connection,
    "open-in-loop": reopened,
    "compile-in-loop": compiled,
    "pop-first": popped,
    "insert-first": pushed,
    "string-in-loop": glued,
}


def modules_of(tree: ast.Module) -> frozenset[str]:
    """Return the modules that are imported by their own name."""
    return frozenset(
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname in {None, alias.name}
    )


def look(path: str) -> Iterator[Item]:
    """Yield what one file repeats, and each function with the depth of its loops."""
    tree = tree_of(path)
    lines = text_of(path).split("\n")
    modules = modules_of(tree)
    for scope in scopes(tree):
        for repeated in scope.repeated:
            for rule, check in CHECKS.items():
                if what := check(repeated, scope, modules):
                    yield {"rule": rule, "what": what, **_place(repeated.node, lines)}
        if scope.name:
            place = {"line": scope.line, "end_line": scope.end_line}
            yield {"depth": scope.depth, "name": scope.name, **place}


def _place(node: ast.expr | ast.stmt, lines: list[str]) -> Item:
    """Return where it is; ast counts bytes, people count characters."""
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    return {"line": node.lineno, "column": len(before) + 1}


def main(arguments: Sequence[str]) -> None:
    """Look at each of the files."""
    answer(files(arguments), look)


if __name__ == "__main__":
    main(sys.argv)
