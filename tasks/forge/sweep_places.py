"""Where a sweep looks: at named repositories, or wherever an App is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tasks.core.forge.lookout import Listing
from tasks.core.forge.sweeping import SweepSettings
from tasks.forge.account import Account, AppAccount
from tasks.forge.conditional import Allowance
from tasks.forge.connection import TIMEOUT, Connection
from tasks.forge.credentials import account_of
from tasks.forge.installations import AppItself, Installation, Installed, installations
from tasks.forge.installations import repositories as repositories_of
from tasks.forge.looking_around import Place

ANY = "owner/name"
"""What an account is had for where no repository is known: nothing is asked about it."""


def places_of(
    block: str, settings: SweepSettings, listings: Mapping[str, Listing]
) -> tuple[list[Place], list[str]]:
    """Return the places, and why some are none.

    ``listings`` are the repositories of installations as they were the last time.

    Raises:
        ReviewError: GitHub does not say where the App is installed, or there is no such block.
    """
    named = settings.repositories
    account = account_of(ANY, block, timeout=TIMEOUT)
    if not isinstance(account, AppAccount):
        return ([Place(block, partial(Connection, account, block), named)] if named else []), []
    if named:
        return list(_each(block, named)), []
    with Connection(AppItself(account), ANY) as connection:
        found = tuple(installations(connection))
    return (
        [_installed(account, one, listings) for one in found if not one.why_not],
        [one.why_not for one in found if one.why_not],
    )


def _each(block: str, named: tuple[str, ...]) -> Iterator[Place]:
    """Yield a place for each: an App has a token of its own for each."""
    for repository in named:
        account: Account = account_of(repository, block, timeout=TIMEOUT)
        yield Place(repository, partial(Connection, account, repository), (repository,))


def _installed(
    app: AppAccount, installation: Installation, listings: Mapping[str, Listing]
) -> Place:
    def listed(connection: Connection, allowance: Allowance) -> dict[str, Listing]:
        return repositories_of(connection, installation, listings, allowance)

    pages = (page for name, page in listings.items() if name.startswith(f"{installation.number}/"))
    return Place(
        installation.owner,
        partial(Connection, Installed(app, installation), installation.owner),
        tuple(name for page in pages for name in page.repositories),
        listed,
    )
