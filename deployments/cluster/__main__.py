"""Run a service on many machines here, to try it: `python -m deployments.cluster`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import tempfile
import threading
from pathlib import Path

from deployments.cluster.cluster import Cluster
from deployments.cluster.serving import serving


def main() -> int:
    """Start everything, say where it is, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deployments.cluster", description=__doc__)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="where data and logs stay; default: nowhere")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started ends with us
    with (
        contextlib.suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory(prefix="cluster-") as scratch,
        Cluster(said.folder or Path(scratch), told=_say) as cluster,
        serving(cluster, workers=said.workers, slots=said.slots),
    ):
        for name, value in cluster.places.client(cluster.folder / "client").items():
            _say(f"export {name}={value}")
        _say("with these, `review submit` and `review status` talk to it; Ctrl-C ends everything")
        threading.Event().wait()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is for a person to read


if __name__ == "__main__":
    raise SystemExit(main())
