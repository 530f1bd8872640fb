from __future__ import annotations

from tasks.core.finding import Finding
from tasks.memory import Memory


def test_without_a_cache_nothing_is_ever_known():
    memory = Memory()
    found = Finding(path="a", line=1, rule="t/X", severity="info", message="m")
    memory.keep("tool", {"k": (found,)})
    assert memory.recall("tool", ["k"]) == {}
