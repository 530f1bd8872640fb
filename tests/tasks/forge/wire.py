"""Every way in which we ask GitHub, against a server that a test writes the answers of."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization

from tests.tasks.forge.scripted import Says

SHOP = "acme/shop"

TOKEN = "ghs_" + "An0dd.Token-of_no/fixed+form=" * 3

UNAVAILABLE = Says(502, "<html>Bad Gateway</html>")
DROPPED = Says(how="drop")
CUT = Says(200, {"login": "ada" * 50}, how="cut")
GARBLED = Says(200, '{"login": "ada')
LOST = {"502": UNAVAILABLE, "dropped": DROPPED, "cut": CUT, "garbled": GARBLED}


def rest_read(connection):
    return connection.read("reading", lambda: connection.rest.get_user().login)


def rest_write(connection):
    issue = connection.rest.get_repo("acme/shop").get_issue(1)
    return connection.write("commenting", lambda: issue.create_comment("Hello").body)


def call_read(connection):
    return connection.rest_call("GET", "/user")["login"]


def call_write(connection):
    return connection.rest_call("POST", "/repos/acme/shop/issues/1/comments", {"body": "Hello"})


def graphql_read(connection):
    return connection.graphql("{ viewer { login } }", {}).data["login"]


def graphql_write(connection):
    return connection.graphql("mutation { x }", {}, write=True)


READS = [rest_read, call_read, graphql_read]
WRITES = [rest_write, call_write, graphql_write]


def good(does):
    """The answer that it hopes for."""
    in_graphql = does in (graphql_read, graphql_write)
    return Says(200, {"data": {"login": "ada"}} if in_graphql else {"login": "ada"})


def pem(key):
    """A private key as GitHub gives it out."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
