"""Start and end a single review soon: what one short-lived process does not need to pay for.

Each figure is in docs/performance.md.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

END = "-----END CERTIFICATE-----\n"

OURS: Mapping[str, str] = {
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",  # each client would ask for a token first
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # it was started by this version
}
"""What Prefect's client need not ask a server that is ours, on loopback, and just as we left it."""

ANYBODYS: Mapping[str, str] = {"DO_NOT_TRACK": "1"}
"""A review tells nobody outside that it was made: Prefect's client would, from a terminal."""


@contextmanager
def importing() -> Iterator[None]:
    """Import what is large without collecting garbage: there is none yet, only much to walk."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def ending() -> None:
    """Leave what there is to the end of the process: looking for cycles in it frees nothing."""
    gc.freeze()


def client_settings(given: str, folder: Path) -> dict[str, str]:
    """Return the environment that keeps Prefect's client from needless work.

    ``given`` is the URL of somebody else's server, or nothing; ``folder`` is our data folder.
    """
    if given:
        return dict(ANYBODYS)
    return {**ANYBODYS, **OURS, **_one_certificate(folder / "loopback.pem")}


def _one_certificate(path: Path) -> dict[str, str]:
    """Return the setting by which a client reads one certificate instead of all there are.

    Prefect makes a TLS context for every client, a dozen a review, although our server speaks
    plain HTTP; each would read 150 certificates. None at all is refused by OpenSSL.
    """
    if not path.is_file():
        import certifi

        bundle = Path(certifi.where()).read_text(encoding="utf-8")
        first, end, _ = bundle.partition(END)
        if not end:
            return {}
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")  # another review may be reading
        part.write_text(first + end, encoding="utf-8")
        part.replace(path)
    return {"PREFECT_API_SSL_CERT_FILE": str(path)}
