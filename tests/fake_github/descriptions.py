"""GitHub's own descriptions of its API, fetched once from the npm registry, by their hash.

`make test` fetches them ahead (`python -m tests.fake_github.descriptions`). The packages are
GitHub's, under the MIT licence; they are used here and never passed on.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.fake_github.operations import OPERATIONS
from tests.fake_github.pruning import prune

REGISTRY = "https://registry.npmjs.org"
PATIENCE = 20  # seconds without a byte


class UnobtainableError(Exception):
    """A description is neither here nor to be had from the registry."""


class AlteredError(Exception):
    """A package is not what it was: that is never passed over."""


@dataclass(frozen=True, slots=True)
class Package:
    """One file of one package of the npm registry; ``integrity`` as npm writes it."""

    name: str
    version: str
    integrity: str
    member: str

    @property
    def archive(self) -> str:
        """Return where a registry has it."""
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def file(self) -> str:
        """Return what it is called here."""
        return f"{self.version}-{self.member.rpartition('/')[2]}"


REST = Package(
    "@octokit/openapi",
    "23.0.2",
    "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "generated/api.github.com.json",
)
GRAPHQL = Package(
    "@octokit/graphql-schema",
    "15.26.1",
    "sha512-RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
    "schema.graphql",
)
WEBHOOKS = Package(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "sha512-Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
    "generated/api.github.com.json",
)
EXAMPLES = Package(
    "@octokit/webhooks-examples",
    "7.6.1",
    "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
    "api.github.com/index.json",
)


def demand_in_ci(missing: UnobtainableError) -> None:
    """Go on without a description, but never in CI, where nothing may stay unchecked.

    Raises:
        UnobtainableError: what is missing, where ``CI`` is set.
    """
    if os.environ.get("CI"):
        raise missing


def folder() -> Path:
    """Return where descriptions are kept: in our environment, or else the user's cache."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "descriptions"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "prefect-review" / "descriptions"


def registry() -> str:
    """Return the npm registry; npm's own variable may name another, in upper or lower case."""
    variables = {name.upper(): value for name, value in os.environ.items()}
    return (variables.get("NPM_CONFIG_REGISTRY") or REGISTRY).rstrip("/")


def obtain(package: Package, into: Path, source: str) -> Path:
    """Return the file of a package, fetched where it is not here.

    Raises:
        UnobtainableError: the registry cannot be reached, or does not have it.
        AlteredError: it has something else under this name.
    """
    kept = into / package.file
    if not kept.exists():
        _write(kept, _extract(package, _fetch(f"{source}/{package.archive}")))
    return kept


def _fetch(url: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise UnobtainableError(f"{url} is not the address of a registry")
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - looked at above
            archive: bytes = answer.read()
    except (OSError, ValueError, HTTPException) as error:
        raise UnobtainableError(f"{url} cannot be fetched: {error}") from error
    return archive


def _extract(package: Package, archive: bytes) -> bytes:
    kind, _, expected = package.integrity.partition("-")
    found = base64.b64encode(hashlib.new(kind, archive).digest()).decode("ascii")
    if found != expected:
        raise AlteredError(
            f"{package.name} {package.version} is not what it was: "
            f"{kind}-{found} instead of {package.integrity}"
        )
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        member = tar.extractfile(f"package/{package.member}")
        if member is None:
            raise AlteredError(f"{package.member} is no file in {package.name}")
        return member.read()


def _write(kept: Path, content: bytes) -> None:
    """Write a file at once or not at all: several test runs may do so together."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as scratch:
        scratch.write(content)
    Path(scratch.name).replace(kept)


@functools.cache
def rest() -> dict[str, Any]:
    """Return the OpenAPI description of what the stand-in knows.

    Raises:
        UnobtainableError: it is not here and cannot be fetched.
    """
    known = hashlib.sha256("\n".join(OPERATIONS).encode()).hexdigest()[:12]
    pruned = folder() / f"{known}-{REST.file}"
    if not pruned.exists():
        whole = json.loads(_here(REST).read_bytes())
        _write(pruned, json.dumps(prune(whole, OPERATIONS)).encode())
    description: dict[str, Any] = json.loads(pruned.read_bytes())
    return description


@functools.cache
def graphql() -> str:
    """Return the GraphQL schema, in GraphQL's own language.

    Raises:
        UnobtainableError: it is not here and cannot be fetched.
    """
    return _here(GRAPHQL).read_text(encoding="utf-8")


@functools.cache
def webhooks() -> dict[str, Any]:
    """Return the OpenAPI description of every webhook.

    Raises:
        UnobtainableError: it is not here and cannot be fetched.
    """
    description: dict[str, Any] = json.loads(_here(WEBHOOKS).read_bytes())
    return description


@functools.cache
def examples() -> list[dict[str, Any]]:
    """Return example payloads: of each event `name` and `examples`.

    Raises:
        UnobtainableError: they are not here and cannot be fetched.
    """
    known: list[dict[str, Any]] = json.loads(_here(EXAMPLES).read_bytes())
    return known


def _here(package: Package) -> Path:
    """Return the file of a package, fetched where it is not here."""
    found = _tried(package)
    if isinstance(found, Path):
        return found
    raise found


@functools.cache
def _tried(package: Package) -> Path | UnobtainableError:
    """Try once in a process: a registry that cannot be reached is not waited for again."""
    try:
        return obtain(package, folder(), registry())
    except UnobtainableError as missing:
        return missing


def main() -> int:
    """Fetch what is not here; return 1 where that cannot be done."""
    try:
        rest()
        graphql()
        webhooks()
        examples()
    except UnobtainableError as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
