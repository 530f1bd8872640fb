"""A connection to a server whose answers a test writes down."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tasks.core.forge.address import Address
from tasks.forge.account import AppAccount, TokenAccount
from tasks.forge.connection import Connection
from tests.tasks.forge.scripted import serving
from tests.tasks.forge.wire import SHOP, TOKEN, pem


@pytest.fixture
def script():
    with serving() as script:
        yield script


@pytest.fixture
def told():
    """What it was said that we wait for."""
    return []


@pytest.fixture
def wire(script, told):
    account = TokenAccount(Address.of(script.api), TOKEN)
    with Connection(account, SHOP, told.append, timeout=1) as connection:
        yield connection


@pytest.fixture(scope="session")
def app_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def app(github, repo, app_key):
    """The App on the hub."""
    repo.commit({"a.py": ""})
    github.add_repository(SHOP, repo.folder)
    public = app_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return github.app(7, "prefect-review", public.decode(), installed_on=[SHOP])


@pytest.fixture
def installed(github, app, app_key):
    return AppAccount(Address.of(github.api_url), "7", pem(app_key), SHOP, timeout=5)


@pytest.fixture
def by_app(installed):
    with Connection(installed, SHOP) as connection:
        yield connection
