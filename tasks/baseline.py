"""Read a repository's baseline where its policy is read: in the base, never in the head."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.core.baseline import BASELINE, BaselineError, known_before, read_baseline
from tasks.core.change import REGULAR
from tasks.core.dismissal import Dismissal
from tasks.core.verdict import LeftOut
from tasks.errors import CannotReview
from tasks.git import Repository

MOST_BYTES = 16_000_000
"""Of a baseline that is read: some 80,000 findings."""

SHORT = 7
"""So many digits of a commit are shown."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the base had before, and what the verdict has to say where that cannot be read."""

    dismissals: tuple[Dismissal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def baseline_of(repository: Repository, base: str) -> Baseline:
    """Return what is known of the base's old findings; ``base`` is the id of a commit or tree.

    One that cannot be read does not keep anybody from reviewing: its findings count as new,
    and the verdict says why.
    """
    try:
        text = _text(repository, base)
        known = read_baseline(text, f"{base[:SHORT]}:{BASELINE}") if text else ()
    except (BaselineError, CannotReview) as error:
        why = f"it could not be read, so old findings count as new: {error}"
        return Baseline(left_out=(LeftOut(step=BASELINE, why=why, by_choice=False),))
    return Baseline(known_before(known))


def _text(repository: Repository, base: str) -> str:
    """Return the text of the base's baseline; empty where it has none.

    Raises:
        BaselineError: there is something of this name that nobody should read.
        CannotReview: git cannot give it.
    """
    git = repository.own
    entry = git.run("ls-tree", "-z", "--full-tree", base, "--", BASELINE).split(b"\0")[0]
    if not entry:
        return ""
    mode, kind, blob = entry.split(b"\t", 1)[0].decode("ascii").split()
    where = f"{base[:SHORT]}:{BASELINE}"
    if kind != "blob" or int(mode, 8) not in REGULAR:
        raise BaselineError(f"{where}: it is not a regular file")
    size = git.line("cat-file", "-s", blob)
    if not size:
        raise BaselineError(f"{where}: its content is not in this clone")
    if int(size) > MOST_BYTES:
        raise BaselineError(f"{where}: {int(size):,} bytes; over {MOST_BYTES:,} are not read")
    return git.run("cat-file", "blob", blob).decode("utf-8", "replace")
