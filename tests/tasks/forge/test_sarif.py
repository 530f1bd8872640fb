"""An upload to code scanning: what GitHub says of it afterwards, and for how long it is asked."""

from __future__ import annotations

import json

import pytest

from tasks.core.forge.writes import UploadSarif
from tasks.forge.errors import Refused
from tasks.forge.sarif import PAUSES, upload
from tests.tasks.forge.scene import SHOP, scene_of

EMPTY = json.dumps(
    {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": []}
)


@pytest.fixture
def scene(github, repo):
    made = scene_of(github, repo)
    with made.connection:
        yield made


def send(scene, sarif=EMPTY):
    slept = []
    what = UploadSarif(scene.head, "refs/pull/1/head", sarif)
    upload(scene.connection, SHOP, what, "uploading", sleep=slept.append)
    return slept


def test_it_is_asked_until_it_is_read(scene):
    slept = send(scene)
    assert slept == list(PAUSES[: len(slept)])
    assert len(scene.pull.repo.sarifs) == 1


def test_what_takes_long_is_left_to_itself(scene):
    def held(_call):
        if scene.pull.repo.sarifs:
            scene.pull.repo.sarifs[0].polls = 99

    scene.hub.after_write = held
    assert send(scene) == list(PAUSES)


def test_what_github_could_not_read_is_said(scene):
    def broken(_call):
        if scene.pull.repo.sarifs:
            scene.pull.repo.sarifs[0].errors.append("rule 7 has no help")

    scene.hub.after_write = broken
    with pytest.raises(Refused, match="rule 7 has no help"):
        send(scene)


def test_who_may_upload_and_not_look_has_uploaded(scene):
    scene.hub.fault("GET", "/code-scanning/sarifs/", how="403", times=9)
    assert send(scene) == [PAUSES[0]]
    assert len(scene.pull.repo.sarifs) == 1
