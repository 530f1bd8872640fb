"""Find the comments for which GitHub refuses a whole review: it does not say which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tasks.core.forge.writes import InlineComment

MOST_PROBES = 12
"""One of 25 is found with 5, two of them with 10 or so; each costs a request or two."""

UNSETTLED = "it may be one of those that GitHub refused; there were too many to try one by one"

Probe = Callable[[Sequence[InlineComment]], str]
"""Return why GitHub refuses these, or nothing."""


def culprits(
    comments: Sequence[InlineComment], why: str, probe: Probe, most: int = MOST_PROBES
) -> Mapping[str, str]:
    """Return why each comment is refused, by its finding's fingerprint; nothing if none is.

    ``why`` is what GitHub said about all of them. It is found by halving; what is not settled
    after ``most`` probes is refused.
    """
    refused: dict[str, str] = {}
    suspects = [(tuple(comments), why)] if comments else []  # each group is known to be refused
    probes, proven = 0, False

    def asked(group: Sequence[InlineComment]) -> str:
        nonlocal probes, proven
        probes += 1
        said = probe(group)
        proven = proven or bool(said)
        return said

    while suspects:
        group, why = suspects.pop()
        if len(group) == 1:
            # as long as every probe went well, it may be the review that is refused
            if not proven and not (why := asked(group)):
                return {}
            refused[group[0].fingerprint] = why
            continue
        half, rest = group[: len(group) // 2], group[len(group) // 2 :]
        if probes >= most:
            refused |= {comment.fingerprint: UNSETTLED for comment in group}
        elif not (said := asked(half)):
            suspects.append((rest, why))
        else:
            suspects.append((half, said))
            if probes >= most:
                refused |= {comment.fingerprint: UNSETTLED for comment in rest}
            elif said := asked(rest):
                suspects.append((rest, said))
    return refused
