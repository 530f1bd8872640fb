"""The server process itself: Prefect's API and UI on loopback, until it is told to end."""

from __future__ import annotations

import sys


def main(port: int) -> None:
    """Serve on a port of the loopback address."""
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(final=True), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
