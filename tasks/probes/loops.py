"""Find what Python code does again and again: calls in loops, and how deep loops nest."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop: ``for`` or ``while``, and the names it sets, ``fresh`` those not by ``+=``."""

    kind: str
    sets: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()

    def same_every_time(self, nodes: Iterable[ast.AST]) -> bool:
        """Return whether no round can give these expressions another value."""
        parts = [part for node in nodes for part in ast.walk(node)]
        if any(isinstance(part, ast.Call | ast.Await | ast.NamedExpr) for part in parts):
            return False
        return self.sets.isdisjoint(part.id for part in parts if isinstance(part, ast.Name))


@dataclass(frozen=True, slots=True)
class Repeated:
    """A call or an assignment that is done in each round of a loop, the innermost one."""

    node: ast.Call | ast.AugAssign
    loop: Loop


@dataclass(slots=True)
class Scope:
    """One function, or what is outside of all: what it repeats, how deep its loops nest.

    ``texts`` are the names it sets to a string, ``others`` those it sets to anything else.
    """

    name: str
    line: int = 1
    end_line: int = 1
    repeated: list[Repeated] = field(default_factory=list)
    depth: int = 0
    texts: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for such an expression; what is not a name in it is left out."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _loop(kind: str, nodes: Sequence[ast.AST]) -> Loop:
    """Return a loop over this code, with every name the code sets or sets a part of."""
    sets: set[str] = set()
    plus: set[str] = set()
    fresh: set[str] = set()
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            plus.add(part.target.id)
        elif isinstance(part, ast.Assign | ast.AnnAssign | ast.For | ast.comprehension):
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            fresh |= {one.id for t in targets for one in ast.walk(t) if isinstance(one, ast.Name)}
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del):
            sets.add(part.id)
    return Loop(kind, frozenset(sets | plus | fresh), frozenset(fresh))


class Walk(ast.NodeVisitor):
    """A walk over a module that collects its scopes."""

    def __init__(self) -> None:
        self.scopes = [Scope("")]
        self._path: list[str] = []
        self._scope = self.scopes[0]
        self._loops: tuple[Loop, ...] = ()

    @contextmanager
    def _within(self, loops: tuple[Loop, ...]) -> Iterator[None]:
        before, self._loops = self._loops, loops
        self._scope.depth = max(self._scope.depth, len(loops))
        yield
        self._loops = before

    def _block(self, body: list[ast.stmt], *, leaves: bool = False) -> None:
        """Walk over a block; one that ends by leaving its loop is not done again and again."""
        last = body[-1] if body else None
        loops = self._loops
        if isinstance(last, ast.Return | ast.Raise):
            loops = ()
        elif leaves or isinstance(last, ast.Break):
            loops = loops[:-1]
        with self._within(loops):
            for statement in body:
                self.visit(statement)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Walk over a function, as a scope of its own."""
        before, self._scope = (
            self._scope,
            Scope(".".join([*self._path, node.name]), node.lineno, node.end_lineno or node.lineno),
        )
        self.scopes.append(self._scope)
        self._path.append(node.name)
        with self._within(()):
            for statement in node.body:
                self.visit(statement)
        self._path.pop()
        self._scope = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's name

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Walk over a class, whose methods are scopes."""
        self._path.append(node.name)
        with self._within(()):
            for statement in node.body:
                self.visit(statement)
        self._path.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Walk over a lambda, which is called who knows where."""
        with self._within(()):
            self.visit(node.body)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Walk over a loop; what it goes over is evaluated once."""
        self.visit(node.iter)
        with self._within((*self._loops, _loop("for", [node.target, *node.body]))):
            self._block(node.body)
        self._block(node.orelse)

    visit_AsyncFor = visit_For  # noqa: N815 - ast's name

    def visit_While(self, node: ast.While) -> None:
        """Walk over a loop; its test is evaluated in each round."""
        with self._within((*self._loops, _loop("while", [node.test, *node.body]))):
            self.visit(node.test)
            self._block(node.body)
        self._block(node.orelse)

    def visit_If(self, node: ast.If) -> None:
        """Walk over both branches."""
        self.visit(node.test)
        self._block(node.body)
        self._block(node.orelse)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Walk over a block; it is entered once if it leaves the loop."""
        leaves = isinstance(node.body[-1], ast.Return | ast.Raise | ast.Break)
        with self._within(self._loops[:-1] if leaves else self._loops):
            for item in node.items:
                self.visit(item)
        self._block(node.body)

    visit_AsyncWith = visit_With  # noqa: N815 - ast's name

    def visit_Try(self, node: ast.Try) -> None:
        """Walk over all branches."""
        # a block that succeeds and then leaves, in its else, is a retry as well
        leaves = bool(node.orelse) and isinstance(node.orelse[-1], ast.Break | ast.Return)
        self._block(node.body, leaves=leaves)
        for handler in node.handlers:
            self._block(handler.body)
        self._block(node.orelse)
        self._block(node.finalbody)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        loops = self._loops
        for generator in node.generators:
            with self._within(loops):
                self.visit(generator.iter)
            loops = (*loops, _loop("for", [generator]))
            with self._within(loops):
                for test in generator.ifs:
                    self.visit(test)
        with self._within(loops):
            for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self.visit(part)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815 - ast's names

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call in a loop."""
        if self._loops:
            self._scope.repeated.append(Repeated(node, self._loops[-1]))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note which names are texts."""
        value = node.value
        text = isinstance(value, ast.JoinedStr) or (
            isinstance(value, ast.Constant) and isinstance(value.value, str)
        )
        found = self._scope.texts if text else self._scope.others
        found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note a `+=` in a loop."""
        if self._loops:
            self._scope.repeated.append(Repeated(node, self._loops[-1]))
        self.generic_visit(node)


def scopes(tree: ast.Module) -> list[Scope]:
    """Return the module and each of its functions, none with what is inside another one."""
    walk = Walk()
    walk.visit(tree)
    return walk.scopes
