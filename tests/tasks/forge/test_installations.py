"""Where an App is installed, and what it sees there."""

from __future__ import annotations

import pytest

from tasks.forge.conditional import Allowance
from tasks.forge.connection import Connection
from tasks.forge.errors import NotAllowed
from tasks.forge.installations import (
    AppItself,
    Installation,
    Installed,
    installations,
    repositories,
)
from tests.tasks.forge.installed import Estate


@pytest.fixture
def estate(github, project, app_key):
    return Estate(github, project, app_key)


def places(estate):
    with Connection(AppItself(estate.account()), "owner/name") as connection:
        return list(installations(connection))


def repositories_at(estate, installation, known=None):
    account = Installed(estate.account(), installation)
    with Connection(account, installation.owner) as connection:
        return repositories(connection, installation, known or {}, Allowance())


def names(listings):
    return [name for page in listings.values() for name in page.repositories]


def test_an_app_that_is_installed_nowhere_has_nowhere_to_look(estate):
    assert places(estate) == []


def test_each_account_has_an_installation_and_sees_its_own_repositories(estate):
    estate.add("acme/shop", "acme/till", "beta/site")
    acme, beta = places(estate)
    assert (acme.owner, acme.why_not, beta.owner) == ("acme", "", "beta")
    assert names(repositories_at(estate, acme)) == ["acme/shop", "acme/till"]
    assert names(repositories_at(estate, beta)) == ["beta/site"]


def test_there_may_be_many_of_both(estate):
    estate.add(*(f"org-{n:03}/one" for n in range(101)), *(f"acme/r{n:03}" for n in range(101)))
    found = places(estate)
    assert len(found) == 102
    listings = repositories_at(estate, found[-1])
    assert len(names(listings)) == 101
    assert [(page.more, len(page.repositories)) for page in listings.values()] == [
        (True, 100),
        (False, 1),
    ]


def test_what_is_archived_is_left_out(estate):
    estate.add("acme/shop", "acme/old")
    estate.hub.repositories["acme/old"].archived = True
    assert names(repositories_at(estate, *places(estate))) == ["acme/shop"]


def test_one_that_is_suspended_is_none_and_why_is_said(estate):
    estate.add("acme/shop", "beta/site")
    estate.app.suspended.add(estate.number("beta"))
    acme, beta = places(estate)
    assert acme.why_not == ""
    assert beta.why_not == "beta: the installation of the App is suspended there"
    with pytest.raises(NotAllowed, match="suspended"):
        repositories_at(estate, beta)


def test_one_that_may_not_read_pull_requests_is_none_and_who_has_to_act_is_said(estate):
    estate.add("acme/shop")
    del estate.app.permissions["pull_requests"]
    (acme,) = places(estate)
    assert "an owner has to accept its permission pull_requests" in acme.why_not


def test_an_installation_has_one_token_for_all_its_repositories(estate):
    estate.add("acme/shop", "acme/till")
    (acme,) = places(estate)
    account = Installed(estate.account(), acme)
    with Connection(account, acme.owner) as connection:
        for _ in range(3):
            repositories(connection, acme, {}, Allowance())
    assert len(estate.hub.writes) == 1


def test_a_token_that_is_not_believed_is_replaced(estate):
    estate.add("acme/shop")
    (acme,) = places(estate)
    account = Installed(estate.account(), acme)
    first = account.token()
    estate.hub.callers.pop(first)
    with Connection(account, acme.owner) as connection:
        assert names(repositories(connection, acme, {}, Allowance())) == ["acme/shop"]
    assert account.token() != first


def test_what_did_not_change_is_known_from_the_last_time_and_costs_nothing(estate):
    estate.add(*(f"acme/r{n:03}" for n in range(101)))
    (acme,) = places(estate)
    account = Installed(estate.account(), acme)
    with Connection(account, acme.owner) as connection:
        once = repositories(connection, acme, {}, Allowance())
        asked = len(estate.hub.calls)
        assert repositories(connection, acme, once, Allowance()) == once
        assert estate.asked(asked) == ["GET /installation/repositories 304"] * 2
        estate.hub.repositories["acme/r100"].archived = True
        assert len(names(repositories(connection, acme, once, Allowance()))) == 100


def test_who_it_is_says_nothing_of_its_key(estate):
    app = estate.account()
    shown = [repr(vars(one)) for one in (AppItself(app), Installed(app, Installation(1, "acme")))]
    assert not any("PRIVATE" in text for text in shown)
