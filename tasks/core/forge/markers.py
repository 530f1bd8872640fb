"""Hidden marks by which we know our own texts again on GitHub.

A mark is an HTML comment of one line. It is read only at the very start of a body, and only a
caller who knows that the body is ours should ask: anybody can copy a mark. A blank line has
to follow it, or GitHub takes what comes next for HTML as well:
https://github.github.com/gfm/#html-blocks
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from tasks.core.context import SHORT
from tasks.core.forge.writes import COMMENT_LIMIT
from tasks.core.render.escape import encodable

NAME = "prefect-review"
VERSION = 1
"""Raised when an older reader would misunderstand a mark; it then takes it for no mark."""

FINDING, REVIEW, SUMMARY, ANSWER = "finding", "review", "summary", "answer"

MARK = re.compile(rf"<!-- {NAME}:([a-z]+):{VERSION}((?: [a-z]+=[^\s=<>]*)*) -->")
FIXED = re.compile(r"\AFixed in `[^`\n]*`\.\n+")


@dataclass(frozen=True, slots=True)
class FindingMark:
    """What the first comment of a thread is about.

    ``head`` is what it was said of, ``fixed`` the head that no longer has it, where we said so.
    ``rule`` and ``step`` tell whether somebody has looked for it since.
    """

    fingerprint: str
    line_fingerprint: str = ""
    head: str = ""
    fixed: str = ""
    rule: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """Which head a review is of, and which run made it."""

    head: str
    run: str


def finding_mark(
    fingerprint: str,
    line_fingerprint: str,
    head: str,
    fixed: str = "",
    *,
    rule: str = "",
    step: str = "",
) -> str:
    """Return what the first comment of a thread begins with."""
    about = {"fingerprint": fingerprint, "line": line_fingerprint, "head": head, "fixed": fixed}
    return _mark(FINDING, {**about, "rule": rule, "step": step})


def read_finding(body: str) -> FindingMark | None:
    """Return which finding this comment of ours is about, or None if it is about none."""
    about = _read(FINDING, body)
    if about is None:
        return None
    return FindingMark(
        fingerprint=about.get("fingerprint", ""),
        line_fingerprint=about.get("line", ""),
        head=about.get("head", ""),
        fixed=about.get("fixed", ""),
        rule=about.get("rule", ""),
        step=about.get("step", ""),
    )


def with_fixed(body: str, head: str) -> str:
    """Return the body of a thread's first comment, saying that this head has mended it.

    Raises:
        ValueError: there is no mark of a finding in it: it is not for us to edit.
    """
    body = unix(body)
    mark, found = read_finding(body), MARK.match(body)
    if mark is None or found is None:
        raise ValueError("expected a comment that begins with the mark of a finding")
    begin = finding_mark(
        mark.fingerprint, mark.line_fingerprint, mark.head, head, rule=mark.rule, step=mark.step
    )
    rest = body[found.end() :].lstrip("\n")
    if mark.fixed:
        rest = FIXED.sub("", rest)
    return f"{begin}\n\nFixed in `{head[:SHORT]}`.\n\n{rest}"[:COMMENT_LIMIT]


def review_mark(head: str, run: str) -> str:
    """Return what the body of a review begins with."""
    return _mark(REVIEW, {"head": head, "run": run})


def read_review(body: str) -> ReviewMark | None:
    """Return what this review of ours is of, or None if it is no review of a run."""
    about = _read(REVIEW, body)
    return None if about is None else ReviewMark(about.get("head", ""), about.get("run", ""))


def summary_mark() -> str:
    """Return what the summary comment begins with."""
    return _mark(SUMMARY, {})


def is_summary(body: str) -> bool:
    """Return whether this comment of ours is the summary."""
    return _read(SUMMARY, body) is not None


def answer_mark(comment: int) -> str:
    """Return what our answer to the comment of this number begins with."""
    return _mark(ANSWER, {"comment": str(comment)})


def answered(body: str) -> str:
    """Return the number of the comment that this one of ours answers, or nothing."""
    return (_read(ANSWER, body) or {}).get("comment", "")


def check_id(number: int, head: str) -> str:
    """Return the external id of the check run of one head of a pull request."""
    return f"{NAME}/{number}/{head}"


def unix(body: str) -> str:
    r"""Return the body with the line breaks we write: what a browser sent has ``\r\n``."""
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _mark(kind: str, about: Mapping[str, str]) -> str:
    values = "".join(
        f" {name}={quote(encodable(value), safe='/')}" for name, value in about.items()
    )
    return f"<!-- {NAME}:{kind}:{VERSION}{values} -->"


def _read(kind: str, body: str) -> dict[str, str] | None:
    found = MARK.match(body)
    if found is None or found[1] != kind:
        return None
    pairs = (pair.partition("=") for pair in found[2].split())
    return {name: unquote(value) for name, _, value in pairs}
