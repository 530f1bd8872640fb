"""The server process itself: Prefect's API and UI on loopback, until it is told to end.

On SQLite, Prefect begins a writing transaction as a reader. When another writer was faster
its upgrade fails at once (SQLITE_BUSY_SNAPSHOT), whatever the busy timeout; the API
answers 503, and the client sleeps for seconds before it asks again. Begun as a
writer, a transaction waits its turn for milliseconds. Measured in docs/performance.md.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import temporary_database_config
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class WritersFirst(AioSqliteConfiguration):
    """SQLite whose transactions take the write lock when they begin."""

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: FBT001, FBT002 - Prefect's signature
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin a transaction that will not have to be begun again."""
        del with_for_update
        async with session.begin() as transaction:
            token = SQLITE_BEGIN_MODE.set("IMMEDIATE")
            try:
                await session.connection()  # begins in earnest
            finally:
                # what Prefect reads on the way by another session, as for the event that a queue
                # is paused, must not wait for the lock that we hold
                SQLITE_BEGIN_MODE.reset(token)
            yield transaction


def main(port: int) -> None:
    """Serve on a port of the loopback address."""
    import uvicorn
    from prefect.server.api.server import create_app

    url = PREFECT_API_DATABASE_CONNECTION_URL.value()
    store = WritersFirst(url) if url.startswith("sqlite") else None
    with temporary_database_config(store):
        uvicorn.run(create_app(final=True), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
