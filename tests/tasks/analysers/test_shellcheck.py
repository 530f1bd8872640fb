from __future__ import annotations

import pytest

from tasks.analysers.shellcheck import ANALYSER, wants
from tests.tasks.analysers.recorded import brief, recorded, target

ODD = '#!/bin/sh\nfor f in $(ls); do echo "$f"; done\n'


@pytest.mark.parametrize(
    ("path", "first_line", "wanted"),
    [
        ("README.md", "# Hello", False),
        ("run", "#!/usr/bin/env python3", False),
        ("run.sh", "#!/bin/zsh", False),
        ("run.sh", "#!/usr/bin/fish", False),
        ("run.sh", "echo", True),
        ("run.bash", "", True),
        ("run", "#!/bin/sh", True),
        ("run", "#! /usr/bin/env bash", True),
        ("run", "#!/usr/bin/env -S bash -e", True),
        ("run", "#!/usr/local/bin/bash", True),
    ],
)
def test_it_wants_scripts_of_the_shells_it_knows(path, first_line, wanted):
    assert wants(path, first_line) is wanted


def test_it_leaves_out_what_needs_other_files():
    said = brief(ANALYSER.parse(recorded("shellcheck.json"), target("run.sh")))
    assert said == [
        ("shellcheck/SC2045", 2, "error"),
        ("shellcheck/SC2115", 2, "warning"),
        ("shellcheck/SC2086", 2, "info"),
        ("shellcheck/SC2086", 4, "info"),
    ]


def test_it_says_nothing_of_a_good_script(rules):
    assert rules("shellcheck", {"a.sh": '#!/bin/sh\necho "$1"\n'}) == []


@pytest.mark.parametrize("path", ["a.sh", "-x.sh", "--norc=.sh", "a 'é.sh", "run"])
def test_neither_a_configuration_nor_a_name_silences_it(rules, path):
    files = {".shellcheckrc": "disable=all\n", path: ODD}
    assert rules("shellcheck", files) == [("shellcheck/SC2045", path, 2)]


def test_it_reads_no_file_that_a_comment_names(look_at, tmp_path):
    secret = tmp_path / "outside.sh"
    secret.write_text("if [ x\n")
    code = f"#!/bin/sh\n# shellcheck source={secret}\n. ./x\n"
    assert look_at("shellcheck", {"a.sh": code}).findings == ()


def test_what_it_cannot_parse_is_said(rules):
    assert rules("shellcheck", {"a.sh": "#!/bin/sh\nif [ x; then\n"})[0][0] == "shellcheck/SC1009"
