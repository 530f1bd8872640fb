"""What an audit leaves: a SARIF file in the data folder, a page in the UI, alerts on GitHub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from prefect import task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from tasks.core.context import PRContext
from tasks.core.forge.writes import UploadSarif
from tasks.core.render import Shown, sarif
from tasks.core.render.escape import code, for_markdown
from tasks.core.render.words import by_severity
from tasks.core.verdict import Verdict
from tasks.errors import CannotReview
from tasks.forge.connection import connect
from tasks.forge.sarif import upload
from tasks.home import home

FOLDER = "audits"


@dataclass(frozen=True, slots=True)
class Kept:
    """The file of an audit: ``audits/OWNER/NAME/COMMIT.sarif`` in the data folder."""

    path: Path

    @classmethod
    def of(cls, context: PRContext) -> Kept:
        """Return where the audit of a commit is kept; GitHub's names have no case."""
        repository = context.repository.lower()
        return cls(home() / FOLDER / repository / f"{context.head_sha}.sarif")

    def write(self, text: str) -> None:
        """Keep it: all of it, or what was there before.

        Raises:
            CannotReview: there is no room, or no right to.
        """
        part = self.path.with_suffix(".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            raise CannotReview(
                f"the audit cannot be kept in {self.path}: {error.strerror}; make room, or set "
                "REVIEW_HOME"
            ) from error


def keep(context: PRContext, verdict: Verdict, shown: Shown) -> Path:
    """Keep a verdict as SARIF, what was dismissed included; return the file.

    Raises:
        CannotReview: it cannot be written.
    """
    kept = Kept.of(context)
    kept.write(sarif(verdict, shown))
    return kept.path


async def tell(context: PRContext, verdict: Verdict, path: Path) -> None:
    """Leave a page that says what came out, and where all of it is."""
    found = by_severity(verdict.counted) or "no finding"
    lines = (
        f"# {for_markdown(context.repository)}",
        f"{for_markdown(verdict.summary)}",
        f"- the whole of {code(context.base_branch)}, at {code(context.head_sha)}: {found}",
        f"- as SARIF, on the machine of the worker: {code(str(path))}",
    )
    await acreate_markdown_artifact(
        "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:]) + "\n",
        key="audit-" + re.sub(r"[^a-z0-9]+", "-", context.repository.lower()).strip("-"),
        description=verdict.summary,
    )


@task(
    name="upload_sarif",
    task_run_name="upload_sarif",
    cache_policy=NO_CACHE,
    persist_result=False,
    timeout_seconds=600,
)
def send(repository: str, using: str, write: UploadSarif) -> None:
    """Upload a SARIF log to code scanning, as alerts of a branch.

    Raises:
        ForgeError: GitHub did not take it.
    """
    with connect(repository, using) as connection:
        upload(connection, repository, write, f"uploading the audit of {repository}")


def alerts(context: PRContext, verdict: Verdict, shown: Shown) -> UploadSarif:
    """Return what code scanning is told; it reads no suppression, so nothing dismissed."""
    open_ = verdict.model_copy(update={"dismissed": ()})
    return UploadSarif(context.head_sha, f"refs/heads/{context.base_branch}", sarif(open_, shown))
