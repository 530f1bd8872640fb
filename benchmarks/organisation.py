"""An organisation on the stand-in for GitHub: repositories with pull requests, and what was said.

Its rate limits are off: what GitHub allows one account is not what is measured here.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blocks.github import GitHubApp
from tasks.core.plan import TaskPriority
from tests.conftest import Repo
from tests.fake_github import FakeGitHub
from tests.fake_github.limits import Limits
from tests.fake_github.state import Pull
from tests.tasks.forge.scene import _keys

BASE = {"app.py": '"""A shop."""\n', ".review.yaml": "off: [typos]\n"}
ENDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Asked:
    """A pull request that is to be reviewed, and how urgently."""

    repository: str
    number: int
    priority: TaskPriority

    def __str__(self) -> str:
        """Return what GitHub calls it."""
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Its GitHub, and its pull requests in the order in which they are submitted."""

    hub: FakeGitHub
    app: GitHubApp
    asked: tuple[Asked, ...]

    def told(self) -> Counter[str]:
        """Return how many pull requests have what: one verdict, none, or something twice."""
        return Counter(_outcome(pull) for pull in self._pulls())

    def not_once(self) -> dict[str, str]:
        """Return the pull requests that have not exactly one verdict, and what they have."""
        found = {f"{pull.repo.full_name}#{pull.number}": _outcome(pull) for pull in self._pulls()}
        return {name: outcome for name, outcome in found.items() if outcome != "once"}

    def _pulls(self) -> Iterator[Pull]:
        for repository in self.hub.repositories.values():
            yield from repository.pulls.values()


def organisation(hub: FakeGitHub, folder: Path, reviews: int, repositories: int) -> Organisation:
    """Open so many pull requests, in turn one in each repository, of all priorities alike."""
    hub.limits = Limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS)
    names = [f"acme/shop-{number:02}" for number in range(repositories)]
    for name in names:
        hub.add_repository(name, _repository(folder / name, -(-reviews // repositories)).folder)
    turns = itertools.islice(itertools.cycle(names), reviews)
    priorities = list(itertools.islice(itertools.cycle(TaskPriority), reviews))
    random.Random(reviews).shuffle(priorities)  # noqa: S311 - the same each time
    asked = []
    for number, (name, priority) in enumerate(zip(turns, priorities, strict=True)):
        pull = hub.open_pull(name, head=f"change-{number // repositories}")
        asked.append(Asked(name, pull.number, priority))
    private, public = _keys()
    hub.app(7, "load", public, installed_on=names)
    app = GitHubApp(app_id="7", private_key=private, api_url=hub.api_url)
    return Organisation(hub, app, tuple(asked))


def _repository(folder: Path, changes: int) -> Repo:
    """Make a repository with so many branches, each with one error that a review has to find."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    folder.mkdir(parents=True)
    repository = Repo(folder, environment, folder)
    repository.git("init", "-q", "-b", "main")
    repository.commit(BASE)
    for number in range(changes):
        repository.git("checkout", "-q", "-b", f"change-{number}", "main")
        repository.commit({f"part_{number}.py": f'"""A part."""\n\nanswer = halve({number})\n'})
    return repository


def _outcome(pull: Pull) -> str:
    """Return what GitHub was told of a pull request's head."""
    reviews = [review.commit_id for review in pull.reviews].count(pull.head_sha)
    checks = [run for run in pull.repo.check_runs if run.head_sha == pull.head_sha]
    places = [(t.comments[0].path, t.comments[0].original_line) for t in pull.threads]
    concluded = [run for run in checks if run.status == "completed"]
    if max(reviews, len(pull.comments), len(checks)) > 1 or len(places) > len(set(places)):
        return "twice"
    if not (reviews and pull.comments and places and concluded):
        return "not"
    return "once"
