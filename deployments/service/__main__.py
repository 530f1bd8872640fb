"""The supervisor in the background: ``review up --detach`` starts it."""

from __future__ import annotations

from deployments.server import Server
from deployments.service.log import to_file
from deployments.service.record import Record
from deployments.service.supervisor import supervise


def main() -> None:
    """Supervise the data folder; say what happens in its log."""
    server = Server.of_environment()
    record = Record(server.folder)
    record.make()
    supervise(record, server, to_file(record.log))


if __name__ == "__main__":
    main()
