"""Upload a SARIF log to code scanning, and wait until GitHub has read it.

https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
"""

from __future__ import annotations

import base64
import gzip
import time
from collections.abc import Callable, Sequence

from tasks.core.forge.writes import UploadSarif
from tasks.forge.connection import Connection
from tasks.forge.errors import ForgeError, Refused

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look; it mostly takes a few. What takes longer is left to itself."""


def upload(
    connection: Connection,
    repository: str,
    write: UploadSarif,
    what: str,
    *,
    pauses: Sequence[float] = PAUSES,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Upload it.

    Raises:
        Refused: GitHub could not read it.
        ForgeError: it did not happen; ``Ambiguous``: or it did, and twice does no harm.
    """
    packed = gzip.compress(write.sarif.encode(), mtime=0)
    place = f"/repos/{repository}/code-scanning/sarifs"
    body = {
        "commit_sha": write.head,
        "ref": write.ref,
        "sarif": base64.b64encode(packed).decode("ascii"),
    }
    taken = connection.rest_call("POST", place, body, what=what)
    for pause in pauses:
        sleep(pause)
        try:
            state = connection.rest_call("GET", f"{place}/{taken['id']}", what=what)
        except ForgeError:
            return  # it is there; who may upload need not be allowed to look
        if state["processing_status"] == "failed":
            raise Refused(what, "it could not be read", errors=state.get("errors") or ())
        if state["processing_status"] == "complete":
            return
