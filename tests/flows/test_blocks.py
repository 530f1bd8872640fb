"""Blocks on a real server: loaded in the task that uses them, and their secrets nowhere else."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from prefect import flow, task
from pydantic import ValidationError

from blocks import GitHubApp, GitHubToken
from tasks.errors import CannotReview
from tasks.forge.connection import connect

SHOP = "acme/shop"
TOKEN = "ghp_" + "Something.That-nobody/else+has="


@pytest.fixture(scope="module")
def key():
    return (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode()
    )


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Leave neither a token in the environment nor a block to the next test."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL"):
        monkeypatch.delenv(name, raising=False)
    yield
    for block in (GitHubApp, GitHubToken):
        for name in ("default", "ours"):
            with contextlib.suppress(ValueError):
                block.delete(name, _sync=True)


@task
def use(using: str = "") -> str:
    with connect(SHOP, using) as connection:
        return f"{connection.account.key.split()[1]} at {connection.address.web}"


def test_a_task_of_a_flow_finds_the_block_it_is_told(key):
    GitHubToken(token=TOKEN, api_url="https://git.acme.example/api/v3").save("ours")
    GitHubApp(app_id="7", private_key=key).save("ours")

    @flow
    def review():
        return use("github-token/ours"), use.submit("github-app/ours").result()

    assert review() == ("token at https://git.acme.example", "app at https://github.com")


async def test_so_do_a_task_of_an_asynchronous_flow_and_the_flow_itself():
    await GitHubToken(token=TOKEN).save("ours")

    @flow
    async def review():
        with connect(SHOP, "github-token/ours") as connection:
            return use("github-token/ours"), connection.token()

    assert await review() == ("token at https://github.com", TOKEN)


def test_without_a_name_it_is_the_environment_then_the_app_then_the_token(key, monkeypatch):
    with pytest.raises(CannotReview, match="three ways: `review connect app`"):
        use.fn()
    GitHubToken(token=TOKEN, api_url="https://api.acme.ghe.com").save("default")
    assert use.fn() == "token at https://acme.ghe.com"
    GitHubApp(app_id="7", private_key=key).save("default")
    assert use.fn() == "app at https://github.com"
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert use.fn() == "token at https://github.com"


def test_a_block_that_is_not_there_is_said_with_how_to_make_it():
    with pytest.raises(CannotReview, match=r"no block github-app/ours .*review connect app --name"):
        use.fn("github-app/ours")


def test_no_secret_is_in_the_servers_database(server, key):
    GitHubToken(token=TOKEN).save("ours")
    GitHubApp(app_id="7", private_key=key).save("ours")

    @flow(persist_result=True, log_prints=True)
    def review():
        print(GitHubToken.load("ours"), repr(GitHubApp.load("ours")))  # noqa: T201 - it is logged
        return use("github-token/ours"), use("github-app/ours")

    review()

    home = server.folder / "prefect"
    stored = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in stored)
    line = key.splitlines()[1].encode()
    for path in [*stored, server.folder / "server.log"]:
        content = path.read_bytes()
        assert TOKEN.encode() not in content, path
        assert line not in content, path


def test_a_block_shows_no_secret(key):
    for block in (GitHubToken(token=TOKEN), GitHubApp(app_id=7, private_key=key)):
        shown = repr(block) + str(block) + str(block.model_dump()) + block.model_dump_json()
        assert TOKEN not in shown
        assert key.splitlines()[1] not in shown


def test_a_key_is_understood_as_a_form_of_one_line_gives_it(key):
    flat = GitHubApp(app_id="Iv23liAbCdEfGhIjKlMn", private_key=key.replace("\n", "\\n"))

    assert flat.private_key.get_secret_value() == key


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"private_key": "ghp_" + "oops, a token"}, "expected the whole .pem file"),
        ({"private_key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}, ".pem"),
        ({"app_id": "../1"}, "pattern"),
        ({"api_url": "http://git.acme.example/api/v3"}, "in clear"),
        ({"api_url": "https://github.com"}, "expected https://api.github.com"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_being_shown(key, wrong, text):
    with pytest.raises(ValidationError) as refused:
        GitHubApp(**({"app_id": "7", "private_key": key} | wrong))

    said = str(refused.value)
    assert text in said
    assert "oops" not in said
    assert key.splitlines()[1] not in said


@pytest.mark.parametrize("token", ["", "  ", "two words", "naïve", "line\nbreak"])
def test_what_is_no_token_is_refused_without_being_shown(token):
    with pytest.raises(ValidationError) as refused:
        GitHubToken(token=token)

    assert "expected one word" in str(refused.value)
    assert not token.strip() or token not in str(refused.value)
