"""Become ty, in an environment where nothing is installed.

Without one it takes the first it finds, which is ours: whatever the reviewed project shares
with our dependencies would be checked against our versions of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path


def empty_environment(folder: Path) -> Path:
    """Make what ty takes for a virtual environment, with nothing in it."""
    ours = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / "lib" / ours / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {folder}\n", encoding="utf-8")
    return folder


def main(arguments: Sequence[str]) -> None:
    """Replace this process by ``ty check`` with these arguments."""
    nothing = empty_environment(Path("nothing").absolute())
    os.execvp("ty", ["ty", "check", f"--python={nothing}", *arguments[1:]])  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(sys.argv)
