"""What to ask git for of a pull request, what its refusals mean, and which settings it gets."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tasks.core.context import PRContext

KEPT = "refs/review/"
"""Below it, under its own id, is every commit whose whole history is here."""

BASE, PULL = "refs/incoming/base", "refs/incoming/head"
"""Where the base branch, and the pull request's head, are put while we look at them."""


class Kind(enum.StrEnum):
    """What came between us and what was asked for."""

    NO_SUCH_REF = "no such ref"
    NOT_SERVED = "not served"
    BAD_CREDENTIALS = "bad credentials"
    NOT_ALLOWED = "not allowed"
    NO_REPOSITORY = "no repository"
    MOVED = "moved"
    CERTIFICATE = "certificate"
    NO_ROOM = "no room"
    TOO_LARGE = "too large"
    BROKEN = "broken"
    DAMAGED = "damaged"
    UNREACHABLE = "unreachable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a fetch failed; ``about`` is the ref or the commit it is about, if it is about one."""

    kind: Kind
    said: str
    about: str = ""


# In this order: what went wrong first makes git stumble over what comes after it.
MEANINGS = tuple(
    (re.compile(words), kind)
    for words, kind in (
        (r"couldn't find remote ref (\S+)", Kind.NO_SUCH_REF),
        (r"not our ref ([0-9a-f]{40,64})", Kind.NOT_SERVED),
        (r"unadvertised object ([0-9a-f]{40,64})", Kind.NOT_SERVED),
        (r"could not read (?:Username|Password)|Authentication failed", Kind.BAD_CREDENTIALS),
        (r"returned error: 401", Kind.BAD_CREDENTIALS),
        (r"returned error: 403", Kind.NOT_ALLOWED),
        (r"returned error: 30\d|unable to update url base from redirection", Kind.MOVED),
        (r"returned error: 404|repository '[^']*' not found", Kind.NO_REPOSITORY),
        (r"(?i)certificate", Kind.CERTIFICATE),
        (r"(?i)no space left|out of diskspace|quota exceeded", Kind.NO_ROOM),
        (r"(?i)file too large|signal 25", Kind.TOO_LARGE),
        (r"object [0-9a-f]{40,64}: \w+: |fsck error", Kind.BROKEN),
        (r"(?i)unable to access|RPC failed|early EOF|hung up|disconnect", Kind.UNREACHABLE),
        (r"(?i)expected flush|bad line length|bad pack header|pack is corrupted", Kind.UNREACHABLE),
        (r"(?i)timed out|connection (?:refused|reset)", Kind.UNREACHABLE),
        (r"^(?!remote:).*(?:corrupt|bad object|unable to read|missing blob)", Kind.DAMAGED),
        (r"^(?!remote:).*(?:not a git repository|does not point to a valid)", Kind.DAMAGED),
        (r"(?i)invalid index-pack output|index-pack failed", Kind.UNREACHABLE),
    )
)
"""git's own words, as it says them with ``LC_ALL=C``."""


def failure_of(errors: str) -> Failure:
    """Return what git's words mean, and the line that says it."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    for words, kind in MEANINGS:
        for line in lines:
            if found := words.search(line):
                return Failure(kind, _plain(line), (found.groups() or ("",))[0])
    return Failure(Kind.OTHER, _plain(lines[-1]) if lines else "it failed without a word")


def _plain(line: str) -> str:
    return re.sub(r"^(?:(?:fatal|error|remote|remote error): )+", "", line)


@dataclass(frozen=True, slots=True)
class Wants:
    """What to fetch: refspecs of the base and of the head, or nothing where it is here."""

    base: str
    head: str

    @property
    def refspecs(self) -> tuple[str, ...]:
        """Return what to ask git for."""
        return tuple(refspec for refspec in (self.base, self.head) if refspec)


def wants_of(context: PRContext, *, head_is_here: bool) -> Wants:
    """Return what to fetch first: the base branch by its name, as it may have moved."""
    branch = context.base_branch
    base = f"+refs/heads/{branch}:{BASE}" if branch else by_id(context.base_sha)
    return Wants(base, "" if head_is_here else by_id(context.head_sha))


def otherwise(wants: Wants, context: PRContext, failure: Failure) -> Wants:
    """Return what to try after a failure: the same where there is nothing else to try.

    A base branch that is gone was at ``base_sha`` when GitHub looked last. A server may serve
    no commit that no ref leads to; the pull request's own ref is one that mostly does.
    """
    gone = failure.kind is Kind.NO_SUCH_REF and failure.about == f"refs/heads/{context.base_branch}"
    if gone and context.base_sha:
        return replace(wants, base=by_id(context.base_sha))
    refused = failure.kind is Kind.NOT_SERVED and failure.about == context.head_sha
    if refused and context.pr_number:
        return replace(wants, head=f"+refs/pull/{context.pr_number}/head:{PULL}")
    return wants


def by_id(commit: str) -> str:
    """Return the refspec that fetches a commit by its id, and keeps it."""
    return f"+{commit}:{KEPT}{commit}" if commit else ""


TOLERATED = (
    *("badDate", "badDateOverflow", "badEmail", "badName", "badTimezone", "missingEmail"),
    *("missingNameBeforeEmail", "missingSpaceBeforeDate", "missingSpaceBeforeEmail"),
    *("multipleAuthors", "zeroPaddedDate", "zeroPaddedFilemode", "nulInCommit"),
    *("gitmodulesName", "gitmodulesPath", "gitmodulesUpdate", "gitmodulesUrl"),
)
"""What old tools wrote wrong, and no one can mend without a new history.

Flask and Oh My Zsh have padded modes (pallets/flask#2065, ohmyzsh/ohmyzsh#4963). We read no
author and no date, and never a submodule; a tree that is not sorted, or has a name twice, could
show one reader another file than the next, and stays refused. https://git-scm.com/docs/git-fsck
"""


def configuration(url: str, authorization: str, stalled_seconds: int) -> str:
    """Return git's whole configuration for talking to one repository, and to nothing else.

    ``stalled_seconds`` is how long not one byte may come: a server that is busy sends some.
    """
    scheme = url.partition("://")[0]
    sections: dict[str, Mapping[str, str]] = {
        f'protocol "{scheme}"': {"allow": "always"},
        "http": {
            "followRedirects": "false",
            "lowSpeedLimit": "1",
            "lowSpeedTime": str(stalled_seconds),
        },
        "credential": {"helper": ""},
        "fetch": {"fsckObjects": "true", "unpackLimit": "1", "recurseSubmodules": "false"},
        'fetch "fsck"': dict.fromkeys(TOLERATED, "ignore"),
        "core": {"fsync": "committed,reference"},
        "maintenance": {"auto": "false"},
    }
    if authorization:
        sections[f'http "{_quoted(url)}"'] = {"extraHeader": f"Authorization: {authorization}"}
    return "".join(
        f"[{name}]\n" + "".join(f'\t{key} = "{_quoted(value)}"\n' for key, value in rows.items())
        for name, rows in sections.items()
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
