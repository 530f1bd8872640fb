"""The webhook of the service: ``review up`` starts it, on a port of the loopback address."""

from __future__ import annotations

import sys

from deployments.command import main

if __name__ == "__main__":
    sys.exit(main(["webhook", "--port", sys.argv[1]]))
