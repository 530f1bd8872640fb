"""What we say on GitHub to an order that was given in a comment."""

from __future__ import annotations

from tasks.core.forge.markers import answer_mark
from tasks.core.render.escape import code

HELP = """\
Orders are the first line of a comment on a pull request, by people who may write to the repository:

| order | what it does |
|---|---|
| `/review` | reviews it again, as soon as it is its turn |
| `/review critical`, `high`, `normal` or `low` | the same, in that queue; a review that waits moves there |
| `/review stop` | ends the review that waits or is at work |
| `/review dismiss ID WHY` | dismisses a finding, and reviews it again; in the thread of a finding without `ID` |
| `/review undismiss ID` | takes that back |
| `/review help` | says this |
"""  # noqa: E501 - a table's row is one line

SAID = 100
"""So many characters of an order that is not known are repeated."""


def help_answer(comment: int) -> str:
    """Return the answer to the comment of this number that asks for help."""
    return f"{answer_mark(comment)}\n\n{HELP}"


def unknown_answer(comment: int, said: str) -> str:
    """Return the answer to one that orders something nobody knows."""
    return (
        f"{answer_mark(comment)}\n\n{code(said[:SAID])} is no order that is known here.\n\n{HELP}"
    )
