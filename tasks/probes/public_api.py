"""Print what a change breaks for those who use a module's public names, by griffe.

Head and base are read as text, each module by itself: nothing is imported or inspected.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import griffe

from tasks.probes.source import Item, answer, pairs, text_of, tree_of

TOLD = frozenset(
    {
        griffe.BreakageKind.PARAMETER_MOVED,
        griffe.BreakageKind.PARAMETER_REMOVED,
        griffe.BreakageKind.PARAMETER_CHANGED_KIND,
        griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED,
        griffe.BreakageKind.PARAMETER_ADDED_REQUIRED,
        griffe.BreakageKind.OBJECT_REMOVED,
        griffe.BreakageKind.OBJECT_CHANGED_KIND,
        griffe.BreakageKind.CLASS_REMOVED_BASE,
    }
)
"""Not values, defaults and annotations: they change for good reasons, and break few callers."""

MODULE = "module"


def module(path: str) -> griffe.Module:
    """Return a file as a module."""
    return griffe.visit(MODULE, filepath=Path(path), code=text_of(path))


def look(head: str, base: str) -> Iterator[Item]:
    """Yield what the head's file breaks of the base's."""
    ends = signatures(tree_of(head))
    tree_of(base)  # says better than griffe why a file cannot be read
    new, old = module(head), module(base)
    for breakage in griffe.find_breaking_changes(old, new):
        name = breakage.obj.path.removeprefix(f"{MODULE}.")
        last = name.rpartition(".")[2]
        removed = breakage.kind is griffe.BreakageKind.OBJECT_REMOVED
        if breakage.kind not in TOLD or (removed and last.startswith("__")):
            continue
        line = 0 if removed else breakage.obj.lineno or 0
        yield {
            "line": line,
            "end_line": ends.get(line, line),
            "name": name,
            "what": breakage.kind.name.lower().replace("_", "-"),
            "parameter": parameter(breakage),
            "exported": name.partition(".")[0] in (old.exports or ()),
            "inherited": removed and may_inherit(new, name),
        }


def may_inherit(new: griffe.Module, name: str) -> bool:
    """Return whether a class that lost this member may have it from another one."""
    first, dot, _ = name.partition(".")
    owner = new.members.get(first)
    return bool(dot) and isinstance(owner, griffe.Class) and bool(owner.bases)


def parameter(breakage: griffe.Breakage) -> str:
    """Return the name of the parameter it is about, or nothing."""
    for value in (breakage.old_value, breakage.new_value):
        if isinstance(value, griffe.Parameter):
            return value.name
    return ""


def signatures(tree: ast.Module) -> dict[int, int]:
    """Return the last line of every signature by its first one, decorators included."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min((one.lineno for one in node.decorator_list), default=node.lineno)
            found[first] = found[node.lineno] = max(node.lineno, node.body[0].lineno - 1)
    return found


def main(arguments: Sequence[str]) -> None:
    """Look at each pair of files; a head without a base breaks nothing."""
    before = {head: base for head, base in pairs(arguments) if base}

    def one(head: str) -> Iterator[Item]:
        try:
            yield from look(head, before[head])
        except griffe.GriffeError as error:
            raise ValueError(str(error)) from error

    answer(before, one)


if __name__ == "__main__":
    main(sys.argv)
