"""``review connect``: keep who we are to be on GitHub, and say what that is good for."""

from __future__ import annotations

import argparse
import os
import re
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.core.forge.rights import NEEDS, Has, Standing
from tasks.core.render.escape import one_line
from tasks.errors import CannotReview

if TYPE_CHECKING:
    from blocks.github import GitHubApp, GitHubToken
    from tasks.core.forge.sweeping import SweepSettings

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""https://docs.prefect.io/v3/concepts/blocks: what the name of a block may be."""

LONGEST = 20_000
"""Bytes of a key or a token; more is some other file."""


def run(said: argparse.Namespace) -> int:
    """Do what was asked; return 0, or 2 where nothing can be reviewed like that.

    Raises:
        ReviewError: it cannot be kept, or GitHub does not know us.
    """
    if said.what == "check":
        return _check(said)
    if said.what == "webhook":
        from deployments.command.connect_webhook import run as connect_webhook

        return connect_webhook(said)
    if not NAME.fullmatch(said.name):
        raise CannotReview(f"--name {said.name!a}: small letters, digits and single dashes")
    secret = _key(said.key) if said.what == "app" else _token()
    _prefect()
    block = _block(said, secret)
    who = _who(block)
    block.register_type_and_schema()
    block.sweep = _known_sweep(block, said.name)
    block.save(said.name, overwrite=True)
    _say(f"Connected as {who.kind} {one_line(who.login)} at {block.api_url}.")
    _say(f"The block {block.get_block_type_slug()}/{said.name} keeps the secret, encrypted.")
    if said.what == "app":
        _say(
            "",
            *_rights(who),
            "",
            "The .pem file is not needed any more: delete it, or keep it safe.",
        )
    _say("Next: `review connect check OWNER/REPO`")
    return 0


def _known_sweep(block: GitHubApp | GitHubToken, name: str) -> SweepSettings:
    """Return what people have set in the document that this one replaces."""
    try:
        known = type(block).load(name)
    except ValueError:  # there is none, or none that can be read
        return block.sweep
    return known.sweep if isinstance(known, type(block)) else block.sweep


def _check(said: argparse.Namespace) -> int:
    """Say who we are for a repository, and what of a review that is enough for."""
    from tasks.forge.credentials import in_environment

    given = in_environment() and not said.using
    if not given:
        _prefect()
    from tasks.forge.connection import connect
    from tasks.forge.standing import standing

    with connect(said.repository, said.using) as connection:
        who = standing(connection)
        web = connection.address.web
    how = ", with the token of the environment" if given else ""
    _say(f"{who.kind} {one_line(who.login)}, for {said.repository} at {web}{how}")
    _say("", *_rights(who))
    return 0 if who.enough else 2


def _rights(who: Standing) -> list[str]:
    """Return the table of what a review needs, and what to do about what we lack."""
    has = {need: who.has(need) for need in NEEDS}
    rows = []
    for need, answer in has.items():
        means = f"; without it {need.without}" if answer is not Has.YES else ""
        rows.append(f"  {need.permission + ': ' + need.level:<24}{answer:<5}{need.gives}{means}")
    if Has.UNKNOWN in has.values():
        rows += ["", "?: GitHub does not say this of such a token; a review finds it out."]
    if Has.NO in has.values():
        rows += ["", f"To give what is missing: {who.cure}."]
    return rows


def _who(block: GitHubApp | GitHubToken) -> Standing:
    """Ask GitHub whether it knows us: a block that is of no use is not kept."""
    from blocks.github import GitHubApp
    from tasks.core.forge.address import Address
    from tasks.forge.account import AppAccount, TokenAccount
    from tasks.forge.connection import TIMEOUT, Connection
    from tasks.forge.standing import app_standing, person_standing

    address = Address.of(block.api_url)
    if isinstance(block, GitHubApp):
        key = block.private_key.get_secret_value()
        return app_standing(AppAccount(address, block.app_id, key, "", timeout=TIMEOUT))
    account = TokenAccount(address, block.token.get_secret_value())
    with Connection(account, "") as connection:
        return person_standing(connection)


def _block(said: argparse.Namespace, secret: str) -> GitHubApp | GitHubToken:
    """Return the block, of what can be meant.

    Raises:
        CannotReview: it cannot; the text has no secret in it.
    """
    from pydantic import ValidationError

    from blocks.github import GitHubApp, GitHubToken

    try:
        if said.what == "app":
            return GitHubApp(app_id=said.id, private_key=secret, api_url=said.api_url)
        return GitHubToken(token=secret, api_url=said.api_url)
    except ValidationError as error:
        wrong = [f"{part['loc'][0]}: {part['msg']}" for part in error.errors(include_input=False)]
    raise CannotReview("; ".join(wrong))


def _key(path: str) -> str:
    """Return the content of the private key's file."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LONGEST).decode("ascii")
    except OSError as error:
        raise CannotReview(f"--key {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CannotReview(f"--key {path}: that is no .pem file") from error


def _token() -> str:
    """Return the token that is typed without being shown, or comes from a pipe."""
    if sys.stdin.isatty():
        return getpass("Token: ")
    return sys.stdin.read(LONGEST)


def _prefect() -> None:
    """Have a Prefect server, and talk to that one: it keeps the blocks."""
    from deployments.command import startup
    from deployments.server import Server

    server = Server.of_environment()
    server.ensure()
    os.environ.update(startup.client_settings(server.given, server.folder))
    os.environ.update(server.client_settings())


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
