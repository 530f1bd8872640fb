"""Find out who we are to be on GitHub: a Prefect block, or the environment as Actions sets it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import ValidationError

from tasks.core.context import PRContext
from tasks.core.forge.address import GITHUB, Address, AddressError
from tasks.core.render.escape import one_line
from tasks.errors import CannotReview
from tasks.forge.account import Account, TokenAccount, app_account

if TYPE_CHECKING:
    from blocks.github import GitHubApp, GitHubToken

APP = "github-app"
TOKEN = "github-token"  # noqa: S105 - the name of a kind of block
DEFAULT = "default"

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")

WAYS = (
    "connect to GitHub in one of three ways: `review connect app` (a GitHub App), `review connect "
    "token` (a token), or GITHUB_TOKEN in the environment, as Actions sets it"
)


def account_of(repository: str, using: str = "", *, timeout: int) -> Account:
    """Return the account that a repository is talked about with.

    Raises:
        CannotReview: there is none; the text says the ways there are.
    """
    try:
        PRContext(repository=repository)
    except ValidationError as error:
        raise CannotReview(f"{repository[:100]!a} is no repository: say OWNER/NAME") from error
    if using:
        return _of_block(using, repository, timeout)
    found = _of_environment(os.environ)
    if found:
        return found
    for kind in (APP, TOKEN):
        block = _load(kind, DEFAULT)
        if block:
            return _account(block, repository, timeout)
    raise CannotReview(WAYS)


def in_environment() -> bool:
    """Return whether the environment has a token, which comes before the blocks ``default``."""
    return bool(_token(os.environ))


def _of_environment(environment: Mapping[str, str]) -> Account | None:
    """Return whom the environment's token belongs to, or None where there is no token."""
    token = _token(environment)
    if not token:
        return None
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise CannotReview("GITHUB_TOKEN is no token: it has spaces or characters none has")
    try:
        address = Address.of(
            environment.get("GITHUB_API_URL") or GITHUB, environment.get("GITHUB_GRAPHQL_URL", "")
        )
    except AddressError as error:
        raise CannotReview(f"GITHUB_API_URL: {error}") from error
    return TokenAccount(address, token)


def _token(environment: Mapping[str, str]) -> str:
    """Return the first token that is set; blanks are none."""
    set_ = (environment.get(name, "").strip() for name in TOKENS)
    return next(filter(None, set_), "")


def _of_block(using: str, repository: str, timeout: int) -> Account:
    """Return the account of a block by its kind and name."""
    kind, _, name = using.partition("/")
    if kind not in {APP, TOKEN} or not name:
        raise CannotReview(
            f"{one_line(using, 100)} is no connection: say {APP}/NAME or {TOKEN}/NAME"
        )
    block = _load(kind, name)
    if block is None:
        made = "app" if kind == APP else "token"
        raise CannotReview(
            f"there is no block {kind}/{one_line(name, 100)} on this Prefect server: "
            f"`review connect {made} --name NAME` makes one"
        )
    return _account(block, repository, timeout)


def _load(kind: str, name: str) -> GitHubApp | GitHubToken | None:
    """Return a block's content, or None where there is no such block.

    Prefect would return a coroutine where it takes us for asynchronous, as in an async flow.
    """
    from blocks.github import GitHubApp, GitHubToken

    block: type[GitHubApp | GitHubToken] = GitHubApp if kind == APP else GitHubToken
    try:
        return block.load(name, _sync=True)  # type: ignore[call-arg, return-value]
    except ValidationError as error:
        why = "; ".join(f"{part['loc'][0]}: {part['msg']}" for part in error.errors())
        raise CannotReview(f"the block {kind}/{name} cannot be used: {why}") from error
    except ValueError:  # how Prefect says that there is none
        return None


def _account(block: GitHubApp | GitHubToken, repository: str, timeout: int) -> Account:
    """Return the account that a block describes."""
    from blocks.github import GitHubToken

    address = Address.of(block.api_url)
    if isinstance(block, GitHubToken):
        return TokenAccount(address, block.token.get_secret_value())
    key = block.private_key.get_secret_value()
    return app_account(address, block.app_id, key, repository, timeout=timeout)
