"""Which pull requests are reviewed, and how soon: by what their repository's policy says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from tasks.core.context import PRContext, PullState
from tasks.core.forge.conversation import BOT
from tasks.core.plan import TaskPriority
from tasks.core.policy import PullRequestPolicy

KEY = "pull_requests"
"""Where in the policy its reader finds the settings that are named here."""


def why_not(
    context: PRContext, policy: PullRequestPolicy, changed_paths: Iterable[str] | None = None
) -> str:
    """Return why this pull request is not reviewed, in a sentence, or "".

    It names the setting. ``changed_paths`` may be None, where they are not known yet:
    then everything but the paths is held against the policy. Names in it are to be escaped.
    """
    return next(_reasons(context, policy, changed_paths), "")


def priority_of(context: PRContext, policy: PullRequestPolicy) -> tuple[TaskPriority, str]:
    """Return how urgent its review is, and why."""
    for names, levels, what, setting in (
        (context.labels, policy.priority_labels, "a label", "priority_labels"),
        ([context.head_branch], policy.priority_branches, "its branch", "priority_branches"),
    ):
        urgent = _most_urgent(names, levels)
        if urgent:
            return levels[urgent], f"{what} matches `{urgent}` ({KEY}.{setting})"
    return policy.priority, f"as {KEY}.priority says"


def matches(name: str, pattern: str) -> bool:
    """Return whether a glob matches a name, without regard to case; ``*`` crosses slashes.

    A name is matched by itself, also where it holds brackets: ``app/[id].tsx``.
    """
    name, pattern = name.lower(), pattern.lower()
    return name == pattern or fnmatchcase(name, pattern)


def _reasons(
    context: PRContext, policy: PullRequestPolicy, changed_paths: Iterable[str] | None
) -> Iterator[str]:
    if context.state is not PullState.OPEN:
        yield f"the pull request is {context.state.value}"
    if context.draft and not policy.drafts:
        yield f"it is a draft ({KEY}.drafts)"
    if context.bot and not policy.bots:
        yield f"its author is a bot ({KEY}.bots)"
    for names, patterns, what, setting in (
        (context.labels, policy.ignore_labels, "a label", "ignore_labels"),
        ([context.title], policy.ignore_titles, "its title", "ignore_titles"),
        (_logins(context), policy.ignore_authors, "its author", "ignore_authors"),
    ):
        pattern = _first_match(names, patterns)
        if pattern:
            yield f"{what} matches `{pattern}` ({KEY}.{setting})"
    base = context.base_branch
    if policy.bases and not _first_match([base], policy.bases):
        yield f"its base branch `{base}` is not among those that are reviewed ({KEY}.bases)"
    if policy.paths and changed_paths is not None and not _first_match(changed_paths, policy.paths):
        yield f"it changes no path that is reviewed ({KEY}.paths)"


def _logins(context: PRContext) -> tuple[str, ...]:
    """Return what people call the author: GitHub's own page of a bot says ``name[bot]``."""
    plain = context.author.removesuffix(BOT)
    return (plain, plain + BOT) if context.bot else (context.author,)


def _first_match(names: Iterable[str], patterns: Iterable[str]) -> str:
    """Return the first pattern that matches one of the names, or ""."""
    known = list(names)
    return next((p for p in patterns if any(matches(name, p) for name in known)), "")


def _most_urgent(names: Iterable[str], levels: Mapping[str, TaskPriority]) -> str:
    """Return the most urgent pattern that matches one of the names, or ""."""
    return _first_match(names, sorted(levels, key=lambda pattern: -levels[pattern]))
