"""A service on many machines loses a machine, an API replica and Redis in the middle of its work.

The full size is `python -m benchmarks.load`; this is the same with fewer reviews.
"""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.load import ended, kill_on_the_way, overtaken, submit_all
from benchmarks.organisation import organisation
from deployments.cluster.cluster import Cluster
from deployments.cluster.serving import serving
from deployments.server import healthy

REVIEWS, REPOSITORIES = 12, 4
KILLS = ("worker-1@10", "api-1@30", "redis@50")


@pytest.fixture(scope="module")
def lines():
    """What the cluster says."""
    return []


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, lines):
    with Cluster(tmp_path_factory.mktemp("cluster") / "data", told=lines.append) as cluster:
        yield cluster


def test_every_review_is_said_exactly_once_whatever_is_killed(cluster, lines, github, tmp_path):
    asked = organisation(github, tmp_path / "shops", REVIEWS, REPOSITORIES)
    with serving(cluster, workers=2, slots=4, github=asked.app):
        submitted = submit_all(asked, lines.append)
        kill_on_the_way(cluster, asked, KILLS, seconds=400)
        runs = ended(submitted, seconds=120)
    assert asked.not_once() == {}, lines
    assert Counter(run.state for run in runs) == {"Completed": REVIEWS}, lines
    assert [line for line in lines if line.startswith("kill")] == [
        f"kill -9 {kill.partition('@')[0]}" for kill in KILLS
    ]
    assert overtaken(runs) == []
    assert all(cluster.members[name].deaths for name in ("worker-1", "api-1", "redis"))
    assert healthy(cluster.places.api)
