"""Of comments of ours that say the same, one stays, and nobody's answer is lost."""

from __future__ import annotations

import pytest

from tasks.core.forge.matching import twice
from tests.tasks.core.forge.test_matching import OLD, THEIRS, thread


@pytest.mark.parametrize(
    ("threads", "doubles"),
    [
        ([], []),
        ([thread("T", "f")], []),
        ([thread("T", "f"), thread("U", "g")], []),
        ([thread("T", "f"), thread("U", "f", ours=False)], []),
        ([thread("T", "f"), thread("U", "f", resolved=True)], []),
        ([thread("T", "f"), thread("U", "f", fixed=OLD)], []),
        ([thread("T", "f"), thread("U", "f", fixed=OLD), thread("V", "f", number=2)], ["cV"]),
        ([thread("T", "f", fixed=OLD), thread("U", "f", fixed=OLD)], []),
        ([thread("T", "f"), thread("U", "f", answers=(THEIRS,))], ["cT"]),
        ([thread("T", "f", answers=(THEIRS,)), thread("U", "f", answers=(THEIRS,))], []),
        ([thread("T", "f", at="2"), thread("U", "f", at="1")], ["cT"]),
        ([thread("T", "f", number=8), thread("U", "f", number=7)], ["cT"]),
        ([thread("T", "f"), thread("U", "f", number=2), thread("V", "f", number=3)], ["cU", "cV"]),
    ],
    ids=[
        "none",
        "one",
        "two findings",
        "not ours",
        "resolved",
        "said anew after it was fixed",
        "said anew twice after it was fixed",
        "fixed twice and open",
        "answered stays",
        "both answered",
        "the oldest stays",
        "by number",
        "three",
    ],
)
def test_of_what_we_said_twice_one_stays(threads, doubles):
    assert [remark.id for remark in twice(threads)] == doubles
