"""Say it in a line where a Prefect server does not let us in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from deployments.server import ServerError

NOT_LET_IN = frozenset({401, 403})


@contextmanager
def let_in() -> Iterator[None]:
    """Talk to a server that may want to know who we are.

    Raises:
        ServerError: it does not let us in.
    """
    import httpx  # a command that asks no server does without

    try:
        yield
    except httpx.HTTPStatusError as error:
        if error.response.status_code not in NOT_LET_IN:
            raise
        other = "PREFECT_API_KEY"
        todo = (
            f"unset {other}, which comes before it"
            if os.environ.get(other) and os.environ.get("PREFECT_API_AUTH_STRING")
            else "it has to be the server's PREFECT_SERVER_API_AUTH_STRING"
        )
        raise ServerError(
            f"the Prefect server at {error.request.url.host} does not let us in "
            f"({error.response.status_code}); look at PREFECT_API_AUTH_STRING: {todo}"
        ) from error
