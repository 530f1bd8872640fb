"""What stands between ``${{`` and ``}}``, evaluated as a runner does, as far as we need it.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\s*('(?:[^']|'')*'|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*|\d+|==|!=|&&|\|\||[!()])"
)
STATUS = ("always", "success", "failure", "cancelled")


def filled_in(text, contexts):
    """Return a text with the values of its expressions."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: shown(value(found[1], contexts)), str(text))


def holds(condition, contexts, *, failed):
    """Return whether a step with this condition runs; without a status function: if none failed."""
    text = str(condition).strip().removeprefix("${{").removesuffix("}}")
    functions = {"always": True, "success": not failed, "failure": failed, "cancelled": False}
    asks = any(f"{name}()" in text for name in STATUS)
    return (asks or not failed) and truthy(value(text, {**contexts, "()": functions}))


def shown(what):
    """Return a value as it stands in a text."""
    if what is None:
        return ""
    return str(what).lower() if isinstance(what, bool) else str(what)


def truthy(what):
    return what not in (None, "", 0, False)


def value(text, contexts):
    """Return the value of an expression; what the runner would refuse is a ``ValueError``."""
    tokens, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(f"no expression that we know: {text!r}")
        tokens.append(found[1])
        at = found.end()
    parser = _Parser(tokens, contexts)
    result = parser.either()
    if parser.tokens:
        raise ValueError(f"{text!r} goes on: {parser.tokens}")
    return result


class _Parser:
    def __init__(self, tokens, contexts):
        self.tokens = tokens
        self.contexts = contexts

    def taken(self, *words):
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in words else None

    def either(self):
        left = self.both()
        while self.taken("||"):
            right = self.both()
            left = left if truthy(left) else right
        return left

    def both(self):
        left = self.same()
        while self.taken("&&"):
            right = self.same()
            left = right if truthy(left) else left
        return left

    def same(self):
        left = self.one()
        while sign := self.taken("==", "!="):
            equal = _equal(left, self.one())
            left = equal if sign == "==" else not equal
        return left

    def one(self):
        if self.taken("!"):
            return not truthy(self.one())
        if self.taken("("):
            inner = self.either()
            assert self.taken(")")
            return inner
        return self.word(self.tokens.pop(0))

    def word(self, word):
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if word.isdecimal():
            return int(word)
        if word in {"true", "false", "null"}:
            return {"true": True, "false": False}.get(word)
        if self.taken("("):
            assert self.taken(")")
            return self.contexts["()"][word]
        return self.looked_up(word)

    def looked_up(self, word):
        """Return what a context has there: what is not there is null, but contexts have to be."""
        first, *rest = word.split(".")
        if first not in self.contexts:
            raise ValueError(f"{word!r}: no context {first}")
        found = self.contexts[first]
        for name in rest:
            found = found.get(name) if isinstance(found, dict) else None
        return found


def _equal(left, right):
    """Compare as the runner does: upper and lower case are the same, null is nothing."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is not type(right):
        return _number(left) == _number(right)
    return left == right


def _number(what):
    if what in (None, "", False):
        return 0.0
    try:
        return float(what)
    except ValueError:
        return float("nan")
