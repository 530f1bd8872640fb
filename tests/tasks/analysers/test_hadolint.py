from __future__ import annotations

import pytest

from tasks.analysers.hadolint import ANALYSER, wants
from tests.tasks.analysers.recorded import brief, recorded, target

ODD = "FROM debian:12\n# hadolint ignore=DL3004\nRUN sudo true\n"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("README.md", False),
        ("Dockerfile.md", False),
        ("Dockerfile.j2", False),
        ("Dockerfile.dockerignore", False),
        ("docs/dockerfile-notes.txt", False),
        ("Dockerfile", True),
        ("a/Dockerfile.prod", True),
        ("Containerfile", True),
        ("web.dockerfile", True),
        ("web.Dockerfile", True),
    ],
)
def test_it_wants_dockerfiles_and_not_what_makes_them(path, wanted):
    assert wants(path, "") is wanted


def test_it_says_what_it_found_and_how_far_it_could_read():
    said = list(ANALYSER.parse(recorded("hadolint.json"), target("Dockerfile", "Dockerfile.bad")))
    assert brief(said) == [
        ("hadolint/DL3006", 1, "warning"),
        ("hadolint/DL3003", 3, "warning"),
        ("hadolint/DL3004", 3, "error"),
        ("hadolint/DL4000", 4, "error"),
        ("hadolint/DL1000", 2, "error"),
    ]
    assert said[-1].message == "no Dockerfile from here on: nothing behind it was looked at"


def test_it_says_nothing_of_a_good_dockerfile(rules):
    assert rules("hadolint", {"Dockerfile": "FROM debian:12\nRUN true\n"}) == []


@pytest.mark.parametrize(
    "path", ["Dockerfile", "-x.dockerfile", "--config=evil.dockerfile", "a 'é.dockerfile"]
)
def test_neither_a_comment_nor_a_configuration_nor_a_name_silences_it(rules, path):
    files = {".hadolint.yaml": "ignored: [DL3004]\n", path: ODD}
    assert rules("hadolint", files) == [("hadolint/DL3004", path, 3)]
