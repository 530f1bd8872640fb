"""``review connect`` as a user runs it, against a GitHub on loopback."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deployments.server import Server
from tests.deployments.conftest import REVIEW

SHOP = "acme/shop"


@pytest.fixture(scope="module")
def private():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def key(private):
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def pem(key, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(key)
    return str(path)


@pytest.fixture
def app(github, project, private):
    """The App on the hub, installed on a repository."""
    project.commit({"a.py": ""})
    github.add_repository(SHOP, project.folder, permissions={"ci-bot": "write"})
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return github.app(7, "prefect-review", public.decode(), installed_on=[SHOP])


@pytest.fixture
def environment(data):
    """What a user has who never used GitHub here."""
    ours = ("PREFECT", "REVIEW", "GITHUB", "GH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"REVIEW_HOME": str(data)}


@pytest.fixture
def connect(environment):
    """Run ``review connect``; returns the ended process."""

    def run(*arguments, given="", **more):
        return subprocess.run(
            [REVIEW, "connect", *arguments],
            env=environment | more,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_an_app_is_kept_and_then_says_what_it_may_do(github, app, connect, pem, key):
    kept = connect("app", "--id", "7", "--key", pem, "--name", "ours", "--api-url", github.api_url)

    assert kept.returncode == 0, kept.stderr
    assert f"Connected as GitHub App prefect-review at {github.api_url}." in kept.stdout
    assert "github-app/ours keeps the secret" in kept.stdout
    assert key.splitlines()[1] not in kept.stdout + kept.stderr

    seen = connect("check", SHOP, "--using", "github-app/ours")

    assert seen.returncode == 0, seen.stderr
    assert f"GitHub App prefect-review, for {SHOP} at {github.web_url}" in seen.stdout
    for permission in ("contents: read", "pull_requests: write", "checks: write"):
        (row,) = [line for line in seen.stdout.splitlines() if permission in line]
        assert row.split()[2] == "yes"
    assert "without" not in seen.stdout


def test_what_an_app_lacks_is_said_with_what_is_lost_and_what_to_do(github, app, connect, pem):
    app.permissions = {"metadata": "read", "contents": "read", "pull_requests": "write"}
    connect("app", "--id", "7", "--key", pem, "--api-url", github.api_url)

    some = connect("check", SHOP)

    assert some.returncode == 0, some.stderr
    assert "checks: write" in some.stdout
    assert "no   a check run; without it a commit status is set instead" in some.stdout
    assert "To give what is missing: on the App's settings page" in some.stdout

    app.permissions = {"metadata": "read"}
    nothing = connect("check", SHOP)

    assert nothing.returncode == 2
    assert "no   fetch the code; without it nothing can be reviewed" in nothing.stdout


def test_an_app_that_is_not_installed_there_is_said_to_be_so(github, app, connect, pem):
    connect("app", "--id", "7", "--key", pem, "--api-url", github.api_url)
    app.installed_on.clear()

    done = connect("check", SHOP)

    assert done.returncode == 2
    assert "whether the App is installed" in done.stderr
    assert done.stdout == ""


def test_a_token_comes_from_a_pipe(github, app, connect):
    token = github.token("ci-bot")

    kept = connect("token", "--name", "ours", "--api-url", github.api_url, given=f"{token}\n")
    seen = connect("check", SHOP, "--using", "github-token/ours")

    assert kept.returncode == 0, kept.stderr
    assert " ci-bot at " in kept.stdout
    assert seen.returncode == 0, seen.stderr
    assert "no   a check run; without it a commit status is set instead" in seen.stdout
    assert token not in kept.stdout + kept.stderr + seen.stdout + seen.stderr


def test_a_token_is_typed_without_being_shown(github, app, environment):
    token = github.token("ci-bot")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [REVIEW, "connect", "token", "--name", "typed", "--api-url", github.api_url],
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while not seen.endswith(b"Token: "):
        seen += os.read(ours, 1000)
    os.write(ours, token.encode() + b"\n")
    said, _ = process.communicate(timeout=120)
    os.set_blocking(ours, False)
    with contextlib.suppress(OSError):  # the other side is closed; nothing more was written
        seen += os.read(ours, 10_000)
    os.close(ours)

    assert process.returncode == 0, seen
    assert b"github-token/typed" in said
    assert token.encode() not in seen + said


def test_the_token_of_actions_is_taken_from_the_environment(github, app, connect):
    token = github.actions_token(SHOP)

    done = connect("check", SHOP, GITHUB_TOKEN=token, GITHUB_API_URL=github.api_url)

    assert done.returncode == 0, done.stderr
    assert "GitHub Actions github-actions[bot], for acme/shop" in done.stdout
    assert "with the token of the environment" in done.stdout
    assert "?: GitHub does not say this of such a token" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "required: WHAT"),
        (("app",), "required: --id, --key"),
        (("app", "--id", "7", "--key", "/no/such/file"), "--key /no/such/file: No such file"),
        (("app", "--id", "7", "--key", "docs/command.md"), "private_key: "),
        (("token", "--name", "My Token"), "small letters"),
        (("token", "--api-url", "https://github.com"), "api_url: "),
        (("token",), "token: Value error, expected one word"),
        (("check",), "required: OWNER/REPO"),
        (("check", "shop"), "is no repository: say OWNER/NAME"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(connect, arguments, text):
    done = connect(*arguments, given="two words")

    assert done.returncode == 2
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_token_that_github_does_not_know_is_not_kept(github, app, connect):
    token = "ghp_" + "nobody's"

    kept = connect("token", "--name", "nobodys", "--api-url", github.api_url, given=token)
    seen = connect("check", SHOP, "--using", "github-token/nobodys")

    assert kept.returncode == 2
    assert "GitHub does not accept the token (Bad credentials)" in kept.stderr
    assert token not in kept.stderr
    assert "there is no block github-token/nobodys" in seen.stderr


def test_connecting_again_keeps_what_people_have_set_for_the_sweep(
    github, app, connect, pem, environment
):
    ours = ("app", "--id", "7", "--key", pem, "--name", "swept", "--api-url", github.api_url)
    assert connect(*ours).returncode == 0
    code = """if True:
        from blocks.github import GitHubApp
        block = GitHubApp.load("swept")
        block.sweep = block.sweep.model_copy(update={"repositories": ("acme/shop",)})
        block.save("swept", overwrite=True)
    """
    show = "from blocks.github import GitHubApp; print(*GitHubApp.load('swept').sweep.repositories)"
    prefect_environment = environment | Server(Path(environment["REVIEW_HOME"])).client_settings()
    python = [sys.executable, "-c"]
    subprocess.run([*python, code], env=prefect_environment, check=True)

    assert connect(*ours).returncode == 0

    said = subprocess.run([*python, show], env=prefect_environment, check=True, capture_output=True)
    assert said.stdout.decode().split() == ["acme/shop"]
