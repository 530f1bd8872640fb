"""A GitHub with a company's own certificate: trusted where it is named, else refused at once."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tasks.core.forge.address import Address
from tasks.errors import CannotReview
from tasks.forge.account import TokenAccount
from tasks.forge.certificates import NAMES, certificates
from tasks.forge.connection import Connection


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for name in (*NAMES, "GIT_SSL_CAINFO"):
        monkeypatch.delenv(name, raising=False)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.say({"default_branch": "main"})

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.say({"data": {"viewer": {"login": "ci-bot"}}})

    def say(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def company(tmp_path):
    """A server with a certificate that nobody has signed: its URL, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a company")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "company.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/api/v3", public
    server.shutdown()
    server.server_close()


def connection_to(api):
    return Connection(TokenAccount(Address.of(api), "not-a-real-one"), "acme/shop", timeout=5)


READS = {
    "PyGithub": lambda on: on.read("reading", lambda: on.rest.get_repo("acme/shop").default_branch),
    "REST": lambda on: on.rest_call("GET", "/repos/acme/shop")["default_branch"],
    "GraphQL": lambda on: on.graphql("{ viewer { login } }", {}).data["viewer"]["login"],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_every_client_trusts_what_people_name_by_any_of_its_names(company, read, name, monkeypatch):
    api, certificate = company
    monkeypatch.setenv(name, str(certificate))
    with connection_to(api) as connection:
        assert read(connection) in {"main", "ci-bot"}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_is_not_trusted_is_refused_at_once_and_says_what_to_do(company, read):
    api, _ = company
    began = time.monotonic()
    with connection_to(api) as connection, pytest.raises(CannotReview, match="SSL_CERT_FILE"):
        read(connection)
    assert time.monotonic() - began < 5, "it was tried again and again"


def test_gits_own_name_goes_first_for_git(monkeypatch):
    assert certificates("GIT_SSL_CAINFO") == ""
    monkeypatch.setenv("SSL_CERT_FILE", "/ours.pem")
    assert certificates("GIT_SSL_CAINFO") == "/ours.pem"
    monkeypatch.setenv("GIT_SSL_CAINFO", "/gits.pem")
    assert certificates("GIT_SSL_CAINFO") == "/gits.pem"
    assert certificates() == "/ours.pem"
