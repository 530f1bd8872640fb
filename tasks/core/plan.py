"""What a review is going to do: its steps, how they depend on each other, and their limits."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)


class TaskPriority(enum.IntEnum):
    """How urgent a step or a review is; the order is the meaning."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        """Return the word people and files use: ``high``."""
        return self.name.lower()

    @classmethod
    def named(cls, word: Any) -> Any:  # noqa: ANN401 - what it does not know is for pydantic to refuse
        """Return the priority of this word, or the word itself where there is none."""
        return cls.__members__.get(word.upper(), word) if isinstance(word, str) else word


Priority = Annotated[
    TaskPriority,
    BeforeValidator(TaskPriority.named, json_schema_input_type=str),
    PlainSerializer(lambda priority: TaskPriority(priority).label, return_type=str),
]
"""A priority in a model: written as its word."""


class ResourceClass(enum.StrEnum):
    """What a step uses most of, and so with how many others it may run."""

    CPU_INTENSIVE = "cpu_intensive"
    MEMORY_INTENSIVE = "memory_intensive"
    IO_INTENSIVE = "io_intensive"
    NETWORK_CALLS = "network_calls"


LIMITS: Mapping[ResourceClass, int] = MappingProxyType(
    {
        ResourceClass.CPU_INTENSIVE: 4,
        ResourceClass.MEMORY_INTENSIVE: 2,
        ResourceClass.IO_INTENSIVE: 10,
        ResourceClass.NETWORK_CALLS: 20,
    }
)
"""How many steps of each class run at once, where nobody says otherwise."""


class Trouble(enum.StrEnum):
    """Why a step could not look, as far as it matters for another try."""

    KILLED = "killed"
    """Its process was ended by a signal that is not ours."""
    NETWORK = "network"
    LOCKED = "locked"
    TIMED_OUT = "timed_out"
    BAD_CONFIGURATION = "bad_configuration"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    BROKEN = "broken"


TRANSIENT = frozenset({Trouble.KILLED, Trouble.NETWORK, Trouble.LOCKED})
"""What may be over the next time; everything else would only happen again."""


class RetryPolicy(BaseModel):
    """How often, after which waits and after what kind of trouble a step is tried again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_retries: int = Field(default=3, ge=0, le=50)  # Prefect takes 50 delays at most
    base_delay_seconds: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    backoff_multiplier: float = Field(default=2.0, ge=1, allow_inf_nan=False)
    max_delay_seconds: float = Field(default=60.0, ge=0, allow_inf_nan=False)
    jitter: float = Field(default=0.3, ge=0, le=1)
    on: frozenset[Trouble] = TRANSIENT

    @property
    def delays(self) -> tuple[float, ...]:
        """Return the seconds to wait before each retry, without the jitter."""
        delays: list[float] = []
        delay = self.base_delay_seconds
        for _ in range(self.max_retries):
            delay = min(delay, self.max_delay_seconds)
            delays.append(delay)
            delay *= self.backoff_multiplier
        return tuple(delays)

    def worth_another_try(self, trouble: Trouble) -> bool:
        """Return whether trying again may help after this."""
        return self.max_retries > 0 and trouble in self.on


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class TaskDefinition(BaseModel):
    """One step of a plan.

    ``action`` is what the step does, by default what its name says. A step that runs
    ``always`` runs over whatever its dependencies said, even when they did not look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    description: str = ""
    action: str = Field(default_factory=lambda said: said.get("name", ""), min_length=1)
    analysers: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    priority: Priority = TaskPriority.MEDIUM
    timeout_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    retry: RetryPolicy = RetryPolicy()
    resource_class: ResourceClass | None = None
    cacheable: bool = True
    always: bool = False
    tags: tuple[str, ...] = ()

    def but(self, **values: object) -> TaskDefinition:
        """Return this step with other values, checked like any other."""
        return TaskDefinition.model_validate({**dict(self), **values})


class WorkflowConfig(BaseModel):
    """A plan: steps without cycles, and what all of them together may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    description: str = ""
    tasks: tuple[TaskDefinition, ...] = Field(min_length=1)
    max_concurrent_tasks: int = Field(default=10, gt=0)
    overall_timeout_seconds: float = Field(default=1800.0, gt=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names: set[str] = set()
        for task in self.tasks:
            if task.name in names:
                raise ValueError(f"Duplicate task name: '{task.name}'")
            names.add(task.name)
        for task in self.tasks:
            for needed in task.dependencies:
                if needed not in names:
                    raise ValueError(
                        f"Unknown dependency: '{task.name}' needs '{needed}', "
                        "which is not in the plan"
                    )
        depths = _depths(self.tasks)
        if len(depths) < len(self.tasks):
            cycle = _cycle([task for task in self.tasks if task.name not in depths])
            raise ValueError(f"Circular dependency detected: {' -> '.join(cycle)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the steps, in the order of the plan."""
        return tuple(task.name for task in self.tasks)

    def task(self, name: str) -> TaskDefinition:
        """Return the step of this name.

        Raises:
            KeyError: there is none.
        """
        for task in self.tasks:
            if task.name == name:
                return task
        raise KeyError(f"no step '{name}' in the plan '{self.name}'")

    def layers(self) -> tuple[tuple[str, ...], ...]:
        """Return the steps in waves: each needs only steps of the waves before it."""
        depths = _depths(self.tasks)
        waves: list[list[str]] = [[] for _ in range(max(depths.values()) + 1)]
        for name in self.names:
            waves[depths[name]].append(name)
        return tuple(tuple(wave) for wave in waves)

    def without(self, names: Collection[str]) -> WorkflowConfig:
        """Return the plan without these steps and without the dependencies on them."""
        kept = tuple(
            task.but(dependencies=tuple(d for d in task.dependencies if d not in names))
            for task in self.tasks
            if task.name not in names
        )
        return self.but(tasks=kept)

    def but(self, **values: object) -> WorkflowConfig:
        """Return this plan with other values, checked like any other."""
        return WorkflowConfig.model_validate({**dict(self), **values})


def _depths(tasks: Sequence[TaskDefinition]) -> dict[str, int]:
    """Return how many steps each has above it; those on or behind a cycle are missing."""
    open_needs = {task.name: len(set(task.dependencies)) for task in tasks}
    needed_by: dict[str, list[str]] = {task.name: [] for task in tasks}
    for task in tasks:
        for needed in set(task.dependencies):
            needed_by[needed].append(task.name)
    wave = [name for name, count in open_needs.items() if not count]
    depths: dict[str, int] = {}
    depth = 0
    while wave:
        freed: list[str] = []
        for name in wave:
            depths[name] = depth
            for later in needed_by[name]:
                open_needs[later] -= 1
                if not open_needs[later]:
                    freed.append(later)
        wave, depth = freed, depth + 1
    return depths


def _cycle(stuck: Sequence[TaskDefinition]) -> list[str]:
    """Return one cycle, from its first step in the plan's order back to it."""
    # every stuck step needs another stuck one: whoever follows them comes round
    needs = {task.name: task.dependencies for task in stuck}
    path: dict[str, None] = {}
    name = stuck[0].name
    while name not in path:
        path[name] = None
        name = next(needed for needed in needs[name] if needed in needs)
    walked = list(path)
    members = walked[walked.index(name) :]
    start = members.index(next(task.name for task in stuck if task.name in members))
    return [*members[start:], *members[: start + 1]]
