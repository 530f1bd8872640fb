"""Have a sandbox in the runner, where that can be done; say it where not.

Without one, the steps that run the project's own code do not look.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tasks.core.forge.workflow_log import notice
from tasks.process import bare_environment
from tasks.sandbox import unavailable

INSTALL: Sequence[Sequence[str]] = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "bubblewrap"),
)

ALLOW = ("sysctl", "--quiet", "--write", "kernel.apparmor_restrict_unprivileged_userns=0")
"""Ubuntu 24.04 keeps users' programs from making namespaces, which bubblewrap is made of.

https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces
"""


def have_sandbox() -> str:
    """Install bubblewrap where it is not, and let it work; return why it does not, if so."""
    if not shutil.which("bwrap"):
        for command in INSTALL:
            _as_root(*command)
    why = _why_not()
    # a machine of GitHub's is thrown away after the job; another one is not ours to change
    if why and os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted":
        _as_root(*ALLOW)
        why = _why_not()
    return why


def _why_not() -> str:
    return unavailable(bare_environment("/"))


def _as_root(*command: str) -> None:
    """Run a program as root if we may, without asking anybody; what fails is seen by its lack."""
    sudo = () if os.geteuid() == 0 else ("sudo", "-n")
    if shutil.which((*sudo, *command)[0]) is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, *command], env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if missing := have_sandbox():
        effect = "The steps that run the project's own code do not look"
        sys.stdout.write(f"{notice(f'{effect}: {missing}.')}\n")
