"""Look what we may do on GitHub, with every token and App that there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import PrefectHTTPStatusError

from tasks.core.doctor import Check, broken, good, poor, unseen
from tasks.core.forge.rights import NEEDS, Has, Standing
from tasks.core.render.escape import one_line
from tasks.errors import CannotReview, ReviewError
from tasks.forge.account import AppAccount
from tasks.forge.connection import Connection, connect
from tasks.forge.credentials import APP, TOKEN, WAYS, in_environment
from tasks.forge.standing import app_standing, person_standing, standing
from tasks.forge.sweeping import sweep_settings

TIMEOUT = 10
"""Seconds for an answer."""

ANY = "owner/name"
"""What a connection is made for where no repository is known: nothing is asked about it."""


async def connections(client: PrefectClient) -> tuple[tuple[str, str], ...]:
    """Return the blocks there are that connect to GitHub, and of each a repository it is for."""
    found = []
    for kind in (APP, TOKEN):
        try:
            documents = await client.read_block_documents_by_type(kind, include_secrets=False)
        except PrefectHTTPStatusError as error:
            if error.response.status_code == HTTPStatus.NOT_FOUND:  # nobody has ever made one
                continue
            raise
        for document in documents:
            name = f"{kind}/{document.name}"
            try:
                _, settings = await sweep_settings(client, name)
            except CannotReview:  # it cannot be used, which is said when it is tried
                found.append((name, ""))
            else:
                found.append((name, next(iter(settings.repositories), "")))
    return tuple(found)


def github(known: Iterable[tuple[str, str]] | None) -> Iterator[Check]:
    """Yield what each may do: the environment's token, then the blocks, each with a repository.

    ``known`` is None where no server says which blocks there are.
    """
    asked = [("", "")] if in_environment() else []
    asked += known or ()
    if not asked and known is None:
        yield unseen("GitHub", "there is no server, which keeps the secrets")
    elif not asked:
        yield broken("GitHub", "no token and no App: no pull request can be reviewed", WAYS)
    for using, repository in asked:
        what = using or "GITHUB_TOKEN"
        try:
            with connect(repository or ANY, using, timeout=TIMEOUT) as connection:
                yield _told(what, repository, _who(connection, repository))
        except ReviewError as error:
            seen, _, todo = str(error).partition("; ")
            yield broken(what, seen, todo or "`review connect` makes another")


def _who(connection: Connection, repository: str) -> Standing:
    """Return who we are there, or at all."""
    if repository:
        return standing(connection)
    account = connection.account
    if isinstance(account, AppAccount):
        return app_standing(account)
    return person_standing(connection)


def _told(what: str, repository: str, who: Standing) -> Check:
    lacking = [need for need in NEEDS if who.has(need) is Has.NO]
    named = f"{who.kind} {one_line(who.login)}" + (f", for {repository}" if repository else "")
    if not lacking:
        return good(what, f"{named}: may do all that a review does, as far as GitHub says")
    lost = "; ".join(f"{need.permission}: {need.level} ({need.without})" for need in lacking)
    tell = poor if who.enough else broken
    return tell(what, f"{named}, lacks {lost}", f"to give it: {who.cure}")
