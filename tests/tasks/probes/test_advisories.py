from __future__ import annotations

from itertools import pairwise

import pytest

from tasks.probes.advisories import base_score, fixed_in, hits, how_bad, ordered
from tasks.probes.pins import Pin


def record(ecosystem, name, *events, versions=(), kind="ECOSYSTEM"):
    return {
        "id": "X-1",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [{"type": kind, "events": list(events)}],
                "versions": list(versions),
            }
        ],
    }


START, FIXED = {"introduced": "0"}, {"fixed": "2.0"}


@pytest.mark.parametrize(
    ("version", "events", "hit"),
    [
        ("1.0", [], False),
        ("1.0", [START], True),
        ("1.0", [START, FIXED], True),
        ("2.0rc1", [START, FIXED], True),
        ("2.0", [START, FIXED], False),
        ("10.0", [START, FIXED], False),
        ("10.0", [FIXED, START, {"introduced": "9"}], True),
        ("1.0", [START, {"last_affected": "1.0"}], True),
        ("1.0.1", [START, {"last_affected": "1.0"}], False),
        ("1.0", [{"introduced": "1.1"}], False),
        ("not a version", [START], False),
        ("1.0", [{"introduced": "not a version"}], False),
        ("1.0", [START, {"limit": "0.5"}], True),
    ],
)
def test_a_range_of_python_versions(version, events, hit):
    assert hits(record("PyPI", "A.b", *events), Pin("PyPI", "a-b", version, 1)) is hit


@pytest.mark.parametrize(
    ("version", "hit"),
    [
        ("1.2.2", False),
        ("1.2.3-alpha", False),
        ("1.2.3", True),
        ("1.10.0", True),
        ("2.0.0-rc.1", True),
        ("2.0.0-rc.10", False),
        ("2.0.0", False),
        ("2.0.0+build", False),
        ("workspace:*", False),
    ],
)
def test_a_range_of_node_versions(version, hit):
    events = [{"introduced": "1.2.3"}, {"fixed": "2.0.0-rc.2"}]
    assert hits(record("npm", "a", *events, kind="SEMVER"), Pin("npm", "a", version, 1)) is hit


def test_semantic_versions_are_in_the_order_of_their_specification():
    words = ["0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2",
             "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1"]  # fmt: skip
    versions = [ordered("npm", word) for word in words]
    for earlier, later in pairwise(versions):
        assert earlier < later
        assert not later < earlier
        assert not earlier < earlier  # noqa: PLR0124 - that is what is asked


def test_a_version_may_be_named_and_a_range_of_commits_says_nothing():
    named = record("PyPI", "a", START, versions=["odd-version"], kind="GIT")
    assert hits(named, Pin("PyPI", "a", "odd-version", 1))
    assert not hits(named, Pin("PyPI", "a", "1.0", 1))


@pytest.mark.parametrize(("ecosystem", "name"), [("npm", "a"), ("PyPI", "b")])
def test_another_package_is_not_hit(ecosystem, name):
    assert not hits(record("PyPI", "a", START), Pin(ecosystem, name, "1.0.0", 1))


def test_a_withdrawn_record_hits_nothing():
    gone = {**record("PyPI", "a", START), "withdrawn": "2024-01-01T00:00:00Z"}
    assert not hits(gone, Pin("PyPI", "a", "1.0", 1))


@pytest.mark.parametrize(
    ("events", "mended"),
    [
        ([START], ""),
        ([START, {"fixed": "0.9"}], ""),
        ([START, {"fixed": "10.0"}, {"fixed": "2.0"}], "2.0"),
    ],
)
def test_what_mends_it_is_the_next_version_that_does(events, mended):
    assert fixed_in(record("PyPI", "a", *events), Pin("PyPI", "a", "1.0", 1)) == mended


def test_a_commit_mends_nothing():
    pin = Pin("PyPI", "a", "1.0", 1)
    assert fixed_in(record("PyPI", "a", {"fixed": "2" * 40}, kind="GIT"), pin) == ""


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        ({}, ""),
        ({"database_specific": {"severity": "MODERATE"}}, "medium"),
        ({"database_specific": {"severity": None}}, ""),
        ({"severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}]}, ""),
        ({"severity": [{"score": "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}]}, "low"),
        ({"severity": [{"score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}, "critical"),
    ],
)
def test_how_bad_it_is(said, bad):
    assert how_bad(said) == bad


@pytest.mark.parametrize(
    ("vector", "score"),  # of FIRST's own examples: https://www.first.org/cvss/v3.1/examples
    [
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N", 4.3),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N", 0.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:?", 0.0),
    ],
)
def test_scores_are_those_of_the_specification(vector, score):
    assert base_score(vector) == score
