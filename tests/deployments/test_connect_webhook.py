"""``review connect webhook`` as a user runs it; and what a webhook says that has no secret."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.deployments.conftest import REVIEW

OWN = "a secret of my own, long enough"


@pytest.fixture
def review(tmp_path):
    def run(*arguments, given="", **environment):
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PREFECT", "REVIEW"))}
        return subprocess.run(
            [REVIEW, *arguments],
            env={**kept, "REVIEW_HOME": str(tmp_path), **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_a_secret_is_made_shown_once_and_rotated(review, tmp_path):
    first, second = review("connect", "webhook"), review("connect", "webhook")
    shown = [re.search(r"Secret +(\S+)", done.stdout)[1] for done in (first, second)]
    secrets = tmp_path / "webhook" / "secrets"

    assert first.returncode == second.returncode == 0
    assert "https://YOUR-HOST/github/webhook" in first.stdout
    assert "--forget-old" not in first.stdout
    assert "--forget-old" in second.stdout
    assert secrets.read_text().split() == shown[::-1]

    last = review("connect", "webhook", "--forget-old")
    assert last.stdout == "Only the newest secret counts now.\n"
    assert secrets.read_text().split() == shown[1:]


def test_a_secret_that_is_brought_along_is_kept_and_not_shown(review, tmp_path):
    done = review("connect", "webhook", "--stdin", given=f"{OWN}\n", REVIEW_WEBHOOK_SECRET="x")

    assert done.returncode == 0
    assert OWN not in done.stdout + done.stderr
    assert "REVIEW_WEBHOOK_SECRET is set here" in done.stdout
    assert (tmp_path / "webhook" / "secrets").read_text() == f"{OWN}\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("connect", "webhook", "--stdin"), "16 to 1000 characters"),
        (("connect", "webhook", "--stdin", "--forget-old"), "--forget-old makes no secret"),
        (("webhook",), "make one with `review connect webhook`"),
        (("webhook", "--port", "x"), "--port"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(review, arguments, text):
    done = review(*arguments)
    assert done.returncode == 2
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said_to_be_so(review, tmp_path):
    away = {"PREFECT_API_URL": "http://127.0.0.1:1/api", "REVIEW_WEBHOOK_SECRET": "x"}
    for arguments, text in (
        (("--port", "70000"), "cannot listen on 127.0.0.1, port 70000"),
        (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid"),
    ):
        done = review("webhook", *arguments, **away)
        assert done.returncode == 2
        assert text in done.stderr
