"""What ``prefect.yaml`` says: each deployment as the values that Prefect's API takes.

Only what the file uses is understood; anything else is refused, so that ``review up`` never
deploys less than ``prefect deploy --all`` would.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import deployments
from tasks.errors import ReviewError

NAME = "prefect.yaml"


class DeclarationError(ReviewError):
    """What is to be deployed cannot be read."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Strict):
    """A schedule: every so many seconds, or by a cron line."""

    slug: str
    interval: int | None = Field(default=None, gt=0)
    anchor_date: datetime | None = None
    cron: str | None = None
    timezone: str = "UTC"

    @property
    def schedule(self) -> IntervalSchedule | CronSchedule:
        """Return it in Prefect's words."""
        if self.cron is not None:
            return CronSchedule(cron=self.cron, timezone=self.timezone)
        if self.interval is None or self.anchor_date is None:
            raise DeclarationError(f"{self.slug}: neither cron, nor interval and anchor_date")
        return IntervalSchedule(
            interval=timedelta(seconds=self.interval), anchor_date=self.anchor_date
        )

    @property
    def wanted(self) -> DeploymentScheduleCreate:
        """Return what makes it."""
        return DeploymentScheduleCreate(schedule=self.schedule, slug=self.slug)


class Where(_Strict):
    """The work pool, the queue in it, and how a worker there starts the run."""

    name: str
    work_queue_name: str
    job_variables: dict[str, Any] = {}


class Declared(_Strict):
    """A deployment as it is written down."""

    name: str
    version: str
    description: str
    tags: list[str] = []
    entrypoint: str
    work_pool: Where
    parameters: dict[str, Any] = {}
    schedules: tuple[When, ...] = ()


def path() -> Path:
    """Return where the file is: in the installed package, or in the checkout.

    Raises:
        DeclarationError: it is in neither.
    """
    package = Path(deployments.__file__).parent
    for place in (package / NAME, package.parent / NAME):
        if place.is_file():
            return place
    raise DeclarationError(f"{NAME} is neither in {package} nor beside it; install review again")


def declared(file: Path | None = None) -> tuple[Declared, ...]:
    """Return every deployment of the file.

    Raises:
        DeclarationError: it cannot be read, or says what we do not understand.
    """
    file = file or path()
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        if said["pull"] != []:
            raise DeclarationError(f"{file}: `review up` can pull nothing; use `prefect deploy`")
        return tuple(Declared.model_validate(each) for each in said["deployments"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValidationError) as error:
        raise DeclarationError(f"{file}: {error}") from error
