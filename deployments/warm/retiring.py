"""End the warm parents of a data folder, whoever has started them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from deployments.warm.finding import folder, lock


def retire_all(home: Path) -> int:
    """Take every parent its name, and have it see that; return how many there were."""
    if not (home / "warm").is_dir():
        return 0
    place = folder(home)
    with lock(place):
        return sum(_retire(path) for path in place.glob("*.sock"))


def _retire(path: Path) -> bool:
    # a descriptor of the socket reaches it when it has no name any more, and a short path too
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        path.unlink()
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(0)
            knock.connect(f"/proc/self/fd/{descriptor}")
    except ConnectionError:
        return False  # nobody has listened there any more
    except BlockingIOError:
        return True  # so many wait that it looks soon by itself
    finally:
        os.close(descriptor)
    return True
