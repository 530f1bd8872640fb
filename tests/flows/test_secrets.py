"""Secrets are nowhere: not in the database, the data folders, the API's answers or any output."""

from __future__ import annotations

import asyncio
import sqlite3
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from prefect import flow, get_client, get_run_logger
from prefect.settings import PREFECT_HOME

from blocks import GitHubApp, GitHubToken
from tests.flows.shop import runs_of

LOUD = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "github,httpx,httpcore,requests,urllib3,tasks",
}
PIECE = 24
"""So many characters of a secret are enough to know it by; SQLite cuts long texts in pages."""


def forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and in Base64, wherever in what was encoded it stands."""
    yield secret
    for user in ("x-access-token:", "git:", "", "-", "--"):
        skipped = -(-len(user) * 4 // 3)
        yield b64encode((user + secret).encode()).decode()[skipped + 1 :].rstrip("=")[:-2]


def pieces(secrets: Iterable[str]) -> set[bytes]:
    """Everything by which one of these secrets gives itself away."""
    return {
        form[start : start + PIECE].encode()
        for secret in secrets
        for form in forms(secret)
        for start in range(0, len(form) - PIECE + 1, PIECE)
    }


def where(secrets: Iterable[str], folders: Iterable[Path], outputs: Iterable[str]) -> list[str]:
    """Where one of these secrets is: in files, rows of databases, or outputs."""
    wanted = pieces(secrets)
    assert wanted

    def gives_away(data: bytes) -> bool:
        return any(piece in data for piece in wanted)

    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    databases = [path for path in files if path.suffix == ".db"]
    return [
        *(str(path) for path in files if gives_away(path.read_bytes())),
        *(place for path in databases for place, row in rows(path) if gives_away(row)),
        *(f"output {n}" for n, output in enumerate(outputs) if gives_away(output.encode())),
    ]


def rows(database: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every row of every table, and which it is of."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as there:
        tables = there.execute("select name from sqlite_master where type='table'").fetchall()
        for (table,) in tables:
            for row in there.execute(f'select * from "{table}"'):  # noqa: S608 - its own name
                yield (
                    f"{table} of {database.name}",
                    b"\0".join(
                        part if isinstance(part, bytes) else str(part).encode() for part in row
                    ),
                )


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
def app(shop, private, key):
    """The App on the hub, and as a block on the server."""
    shop.open()
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    shop.github.app(7, "prefect-review", public.decode(), installed_on=[shop.name])
    GitHubApp(app_id="7", private_key=key, api_url=shop.github.api_url).save("secretive")
    yield "github-app/secretive"
    GitHubApp.delete("secretive", _sync=True)


@pytest.fixture
def folders(shop):
    """All that we write to: the server's and the client's data, and our own."""
    home = PREFECT_HOME.value()
    assert (home / "prefect.db").exists()
    return home.parent, shop.folder / "home"


def secrets_of(github, kind):
    return [token for token, caller in github.callers.items() if caller.kind == kind]


@pytest.mark.slow
def test_the_secrets_of_an_app_are_nowhere(shop, app, key, folders, deployed):
    run = deployed.make(using=app)
    out, _ = deployed.execute(run, GITHUB_TOKEN="", **LOUD).communicate(timeout=90)

    (found,) = runs_of(shop.name)
    assert found.state.name == "Completed", out
    assert "DEBUG" in out
    assert shop.said_once(shop.pull.head_sha)
    installation = secrets_of(shop.github, "installation")
    lines = [line for line in key.splitlines() if "PRIVATE" not in line and len(line) == 64]
    assert installation
    assert len(lines) > 20
    assert where([*installation, *lines, key], folders, [out, answers(run)]) == []


@pytest.mark.slow
@pytest.mark.parametrize("kept", [False, True])
def test_a_token_is_nowhere(shop, folders, deployed, kept):
    shop.open()
    shop.github.fault("POST", "reviews$", how="502")  # errors tell more than successes
    token = shop.github.token("ci-bot")
    given = {"GITHUB_TOKEN": token}
    if kept:
        GitHubToken(token=token, api_url=shop.github.api_url).save("secretive")
        given["GITHUB_TOKEN"] = ""
    run = deployed.make(using="github-token/secretive" if kept else "")
    out, _ = deployed.execute(run, **given, **LOUD).communicate(timeout=90)

    (found,) = runs_of(shop.name)
    assert found.state.name == "Completed", out
    assert where([token], folders, [out, answers(run)]) == []
    if kept:
        GitHubToken.delete("secretive", _sync=True)


def test_this_search_finds_a_secret_wherever_it_is(shop, folders, key):
    """Else the tests above would prove nothing."""
    line, logged = key.splitlines()[3], "ghs_" + "logged" * 8
    parameter, basic = "ghs_" + "parameter" * 50, "ghp_" + "basic" * 8

    @flow
    def leak(secret: str) -> None:
        get_run_logger().info("a log line with %s", logged)

    leak(parameter)
    shop.folder.joinpath("home").mkdir()
    (shop.folder / "home" / "a").write_bytes(
        b"Authorization: Basic " + b64encode(b"x-access-token:" + basic.encode())
    )
    (shop.folder / "home" / "b").write_bytes(b64encode(b"{}" + line.encode()))

    assert where([basic], folders, []) == [str(shop.folder / "home" / "a")]
    assert where([line], folders, []) == [str(shop.folder / "home" / "b")]
    assert any("flow_run" in place for place in where([parameter], folders, []))
    assert where([logged], [], [f"and {logged} is there"]) == ["output 0"]
    for _ in range(100):
        if any("log of" in place for place in where([logged], folders, [])):
            return
    pytest.fail("the log line was not found")


def answers(run) -> str:
    """Everything that the API says of a run: itself, its states, its tasks, logs and artifacts."""

    async def ask():
        said = []
        async with get_client() as client:
            here = {"flow_runs": {"id": {"any_": [str(run)]}}}
            for path, body in (
                ("/flow_runs/filter", here),
                ("/task_runs/filter", here),
                ("/artifacts/filter", here),
                ("/logs/filter", {"logs": {"flow_run_id": {"any_": [str(run)]}}}),
            ):
                answer = await client.request("POST", path, json=body)
                assert answer.json(), path
                said.append(answer.text)
            states = await client.request(
                "GET", "/flow_run_states/", params={"flow_run_id": str(run)}
            )
            return "\n".join([*said, states.text])

    return asyncio.run(ask())
