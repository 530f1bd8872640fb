"""Review the pull request of a job as the inputs of ``action.yml`` ask for it.

Inputs come as variables of the environment, never as text of a script. The runner signals this
very process when the job is cancelled, and so the pull request hears of it.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from deployments.command import CANNOT, main
from deployments.command.job import could_not, hand_on
from deployments.server import Server
from tasks.core.forge.workflow_log import notice
from tasks.errors import CannotReview
from tasks.keys import KEPT

NOTHING = (
    "No pull request is named, so nothing is reviewed. The environment is there, and kept for "
    "other runs."
)

REPORTS: Mapping[str, str] = {
    "report": "review.html",
    "sarif": "review.sarif",
    "json": "review.json",
}
"""Outputs that are files, and what they are called."""

OLDEST = 30 * 24 * 3600
"""Seconds an answer stays in the cache of results, which would else grow from run to run."""

WORDS = {"true": True, "false": False}
PUBLISH = {"auto": True, "never": False}


def asked(inputs: Mapping[str, str], folder: Path) -> list[str]:
    """Return the command line that the inputs mean; ``folder`` is for files of the review.

    Raises:
        CannotReview: an input has no meaning.
    """
    number = inputs["PULL_REQUEST"]
    if not number.isdecimal():
        raise CannotReview(f"input pull-request: {number[:100]!a} is not the number of one")
    command = ["pr", f"{inputs['GITHUB_REPOSITORY']}#{number}"]
    command += [f"--report={folder / name}" for name in REPORTS.values()]
    for option in ("fail-on", "only", "skip"):
        if said := inputs.get(_variable(option), "").strip():
            command.append(f"--{option}={said}")
    if _one_of(WORDS, "all-lines", inputs):
        command.append("--all-lines")
    if _one_of(PUBLISH, "publish", inputs):
        command.append("--publish")
    if inputs.get("POLICY", "").strip():
        policy = folder / "policy.yaml"
        policy.write_text(inputs["POLICY"], encoding="utf-8")
        command.append(f"--policy={policy}")
    return command


def review() -> int:
    """Review, and hand on what came of it; return the exit code.

    Raises:
        CannotReview: an input has no meaning.
    """
    home = Path(os.environ["REVIEW_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="reports-", dir=home.parent))  # a job may review more than once
    command = asked(os.environ, folder)
    _have_database(home)
    ours = not os.environ.get("PREFECT_API_URL")  # a review sets it to the server it starts
    try:
        code = main(command)
    finally:
        if ours:
            Server(home).stop()
    files = {output: folder / name for output, name in REPORTS.items()}
    hand_on({output: str(file) for output, file in files.items() if file.is_file()})
    _tidy(home / "prefect" / "storage")
    return code


def _have_database(home: Path) -> None:
    """Take the empty database of the environment, where there is none yet."""
    empty = Path(sys.prefix, "home", "prefect")
    if empty.is_dir() and not (home / "prefect" / "prefect.db").exists():
        shutil.copytree(empty, home / "prefect", dirs_exist_ok=True)


def _tidy(storage: Path) -> None:
    """Leave of the kept answers those that another run may use."""
    oldest = time.time() - OLDEST
    for file in storage.glob("*"):
        if file.name.startswith(KEPT) or file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _one_of(words: Mapping[str, bool], name: str, inputs: Mapping[str, str]) -> bool:
    said = inputs.get(_variable(name), "").strip()
    if said not in words:
        raise CannotReview(f"input {name}: {said[:100]!a} is none of {', '.join(words)}")
    return words[said]


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def run() -> int:
    """Review as the job asks; return the exit code."""
    if not os.environ["PULL_REQUEST"]:
        sys.stdout.write(f"{notice(NOTHING)}\n")
        return 0
    try:
        return review()
    except CannotReview as error:
        sys.stderr.write(f"review: {error}\n")
        could_not(str(error), sys.stdout.write)
    except SystemExit:  # the command line's own way to refuse what it does not understand
        could_not("an input is not understood; the line above says which", sys.stdout.write)
    return CANNOT


if __name__ == "__main__":
    # the step that keeps the answers comes first: the last one ends the job by this
    hand_on({"exit-code": str(run())})
