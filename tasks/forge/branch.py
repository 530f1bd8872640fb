"""Ask GitHub for a repository's default branch: its name, its tip, and the policy that it has."""

from __future__ import annotations

from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import ValidationError

from tasks.core.context import PRContext
from tasks.errors import CannotReview
from tasks.forge.answers import at, settings_of
from tasks.forge.connection import Connection, connect
from tasks.forge.documents import FILE
from tasks.forge.errors import Gone
from tasks.policy_file import POLICY

BRANCH = f"""
query DefaultBranch($owner: String!, $name: String!, $settings: String!) {{
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    defaultBranchRef {{
      name
      target {{ ... on Commit {{ oid file(path: $settings) {{ {FILE} }} }} }}
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """A default branch, as something that can be fetched, and the text of its policy."""

    context: PRContext
    settings: str

    @property
    def ref(self) -> str:
        """Return its full name."""
        return f"refs/heads/{self.context.base_branch}"


@task(
    name="read_default_branch",
    task_run_name="read_default_branch",
    cache_policy=NO_CACHE,
    persist_result=False,
    timeout_seconds=300,
)
def read_branch(repository: str, using: str = "") -> Branch:
    """Return the default branch of a repository.

    Raises:
        CannotReview: there is no such repository for us, or it is empty.
        ForgeError: GitHub did not answer.
    """
    with connect(repository, using) as connection:
        return branch_of(connection, repository)


def branch_of(connection: Connection, repository: str) -> Branch:
    """Return the default branch of a repository that a connection is for.

    Raises:
        CannotReview: there is no such repository for us, or it is empty.
        ForgeError: GitHub did not answer.
    """
    what = f"reading the default branch of {repository}"
    owner, _, name = repository.partition("/")
    try:
        answer = connection.graphql(
            BRANCH, {"owner": owner, "name": name, "settings": POLICY}, what=what
        )
    except Gone:
        raise CannotReview(
            f"{repository}: GitHub shows this token no such repository; "
            f"`review connect check {repository}` says what is missing"
        ) from None
    for error in answer.errors:
        raise error.error(what)
    found = answer.data["repository"]
    ref = found["defaultBranchRef"]
    tip = at(ref, "target", "oid")
    if not tip:
        raise CannotReview(f"{repository} has no commit yet: there is nothing to audit")
    try:
        context = PRContext(
            repository=found["nameWithOwner"],
            base_branch=ref["name"],
            base_sha=tip,
            head_sha=tip,
        )
    except ValidationError as error:
        why = "; ".join(problem["msg"] for problem in error.errors(include_url=False))
        raise CannotReview(
            f"{repository}: its default branch has a name we refuse: {why}"
        ) from None
    return Branch(context, settings_of({"baseRef": ref, "baseRefName": ref["name"]}))
