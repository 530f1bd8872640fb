"""Where GitHub's descriptions come from: a registry, by their hash, and only once."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fake_github.descriptions import (
    AlteredError,
    Package,
    UnobtainableError,
    demand_in_ci,
    obtain,
    registry,
)
from tests.fake_github.pruning import prune


def archive(member: str, content: bytes) -> bytes:
    """Return a package as npm packs it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo(f"package/{member}")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def package(packed: bytes, member: str = "a/schema.graphql") -> Package:
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    return Package("@acme/schema", "1.2.3", f"sha512-{digest}", member)


class Npm:
    """A registry that has one package."""

    def __init__(self) -> None:
        self.has: bytes | None = archive("a/schema.graphql", b"type Query { a: Int }")
        self.asked: list[str] = []
        npm = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                npm.asked.append(self.path)
                self.send_response(200 if npm.has else 404)
                self.end_headers()
                self.wfile.write(npm.has or b"")

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def npm() -> Iterator[Npm]:
    served = Npm()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.02,))
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


def test_what_is_here_is_not_fetched_again(npm, tmp_path):
    wanted = package(npm.has)
    assert obtain(wanted, tmp_path, npm.url).read_bytes() == b"type Query { a: Int }"
    assert obtain(wanted, tmp_path, npm.url).name == "1.2.3-schema.graphql"
    assert npm.asked == ["/@acme/schema/-/schema-1.2.3.tgz"]


def test_something_else_under_the_same_name_is_refused_and_not_kept(npm, tmp_path):
    wanted = package(npm.has)
    npm.has = archive("a/schema.graphql", b"type Query { b: Int }")
    with pytest.raises(AlteredError, match=r"@acme/schema 1\.2\.3 is not what it was"):
        obtain(wanted, tmp_path, npm.url)
    assert not list(tmp_path.iterdir())


def test_a_registry_without_it_is_named(npm, tmp_path):
    wanted = package(npm.has)
    npm.has = None
    with pytest.raises(UnobtainableError, match=r"schema-1\.2\.3\.tgz cannot be fetched.*404"):
        obtain(wanted, tmp_path, npm.url)


def test_a_registry_that_is_not_there_is_named(npm, tmp_path):
    wanted, url = package(npm.has), "http://127.0.0.1:1"
    with pytest.raises(UnobtainableError, match=r"127\.0\.0\.1:1/@acme"):
        obtain(wanted, tmp_path, url)


def test_a_registry_is_not_a_file(npm, tmp_path):
    with pytest.raises(UnobtainableError, match="not the address of a registry"):
        obtain(package(npm.has), tmp_path, f"file://{tmp_path}")


@pytest.mark.parametrize("variable", ["NPM_CONFIG_REGISTRY", "npm_config_registry"])
def test_npms_variable_names_the_registry(variable, monkeypatch):
    for known in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        monkeypatch.delenv(known, raising=False)
    assert registry() == "https://registry.npmjs.org"
    monkeypatch.setenv(variable, "https://npm.example/mirror/")
    assert registry() == "https://npm.example/mirror"


def test_what_is_missing_is_let_pass_but_never_in_ci(monkeypatch):
    missing = UnobtainableError("no registry")
    monkeypatch.delenv("CI", raising=False)
    demand_in_ci(missing)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(UnobtainableError, match="no registry"):
        demand_in_ci(missing)


def test_pruning_keeps_what_is_referred_to_and_no_text():
    whole = {
        "openapi": "3.0.3",
        "paths": {
            "/a": {"get": {"summary": "text", "x": {"$ref": "#/components/schemas/one"}}},
            "/b": {"get": {}},
        },
        "components": {
            "schemas": {
                "one": {
                    "description": "text",
                    "properties": {
                        "description": {"type": "string", "example": "x"},
                        "two": {"$ref": "#/components/schemas/two"},
                    },
                },
                "two": {"items": {"$ref": "#/components/schemas/one"}},
                "three": {"type": "string"},
            }
        },
    }
    assert prune(whole, ("GET /a",)) == {
        "openapi": "3.0.3",
        "paths": {"/a": {"get": {"x": {"$ref": "#/components/schemas/one"}}}},
        "components": {
            "schemas": {
                "one": {
                    "properties": {
                        "description": {"type": "string"},
                        "two": {"$ref": "#/components/schemas/two"},
                    }
                },
                "two": {"items": {"$ref": "#/components/schemas/one"}},
            }
        },
    }
