"""The plan of a pull request's review, and what of it a change calls for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from tasks.core.change import ChangedFile, ChangeSet
from tasks.core.plan import ResourceClass, TaskDefinition, TaskPriority, WorkflowConfig
from tasks.core.policy import ReviewPolicy
from tasks.core.verdict import FINAL, LeftOut

TESTS = "test_coverage"

PR_REVIEW = WorkflowConfig(
    name="pr_review",
    description="Let real tools look at a change, in parallel, and say one verdict.",
    tasks=(
        TaskDefinition(
            name="code_quality",
            description="Bugs, style, complexity and spelling on the changed lines.",
            priority=TaskPriority.HIGH,
            timeout_seconds=300,
            resource_class=ResourceClass.CPU_INTENSIVE,
        ),
        TaskDefinition(
            name="security_scan",
            description="Insecure code, secrets, vulnerable dependencies, unsafe workflows.",
            priority=TaskPriority.HIGH,
            timeout_seconds=300,
            resource_class=ResourceClass.CPU_INTENSIVE,
        ),
        TaskDefinition(
            name="config_validation",
            description="Syntax and schemas of configuration files.",
            timeout_seconds=120,
            resource_class=ResourceClass.IO_INTENSIVE,
        ),
        TaskDefinition(
            name="performance_review",
            description="What the change does to speed, as far as that can be said honestly.",
            timeout_seconds=300,
            resource_class=ResourceClass.CPU_INTENSIVE,
        ),
        TaskDefinition(
            name=TESTS,
            description="The project's own tests, and which changed lines they reach.",
            dependencies=("code_quality",),
            timeout_seconds=600,
            resource_class=ResourceClass.MEMORY_INTENSIVE,
        ),
        TaskDefinition(
            name=FINAL,
            description="The verdict over whatever the others said.",
            dependencies=(
                "code_quality",
                "security_scan",
                "config_validation",
                "performance_review",
                TESTS,
            ),
            priority=TaskPriority.CRITICAL,
            always=True,
            cacheable=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one review is going to do, and which steps it is not."""

    config: WorkflowConfig
    left_out: tuple[LeftOut, ...] = ()


def plan_review(
    change: ChangeSet,
    policy: ReviewPolicy,
    analysers: Mapping[str, Sequence[str]],
    only: Collection[str] = (),
    skip: Collection[str] = (),
) -> Plan:
    """Return the steps that this change calls for, under this policy.

    ``analysers`` gives, for each step that has any installed, those which want one of the
    changed files: none means that nothing changed which the step looks at; a step that is
    not there has nobody to look.

    Raises:
        ValueError: ``only`` or ``skip`` names a step that there is not.
    """
    known_steps((*only, *skip))
    left_out: list[LeftOut] = []
    for step in PR_REVIEW.names[:-1]:
        why = _unwanted(step, policy, only, skip)
        by_choice = True
        if not why:
            why, by_choice = _uncalled_for(step, change, policy, analysers)
        if why:
            left_out.append(LeftOut(step=step, why=why, by_choice=by_choice))
    kept = PR_REVIEW.without([step.step for step in left_out])
    config = kept.but(
        tasks=tuple(_told(task, policy, analysers.get(task.name, ())) for task in kept.tasks),
        max_concurrent_tasks=policy.max_concurrent_tasks,
        overall_timeout_seconds=policy.overall_timeout_seconds,
    )
    return Plan(config, tuple(left_out))


def known_steps(names: Iterable[str]) -> None:
    """Refuse the name of a step that there is not.

    Raises:
        ValueError: it says which one, and the nearest that there is.
    """
    for name in names:
        if name not in PR_REVIEW.names:
            near = get_close_matches(name, PR_REVIEW.names, n=1, cutoff=0)
            known = ", ".join(PR_REVIEW.names)
            raise ValueError(f"no step {name!a}; did you mean '{near[0]}'? There are {known}")


def _unwanted(step: str, policy: ReviewPolicy, only: Collection[str], skip: Collection[str]) -> str:
    """Return who does not want this step, or an empty string."""
    if only and step not in only:
        return f"only {', '.join(only)} was asked for"
    if step in skip:
        return "skipped, as asked"
    return "" if policy.step(step).enabled else "switched off by the policy"


def _uncalled_for(
    step: str, change: ChangeSet, policy: ReviewPolicy, analysers: Mapping[str, Sequence[str]]
) -> tuple[str, bool]:
    """Return why this change has nothing for this step, and whether that is all right."""
    if not change.files:
        return "the change is empty", True
    if step == TESTS:
        return ("" if any(map(_is_python, change.files)) else "no Python changed"), True
    if step not in analysers:
        return "none of its analysers is installed", False
    if not analysers[step]:
        return f"nothing changed that {step} looks at", True
    off = set(policy.off).issuperset(analysers[step])
    return ("its analysers are switched off by the policy" if off else ""), True


def _is_python(file: ChangedFile) -> bool:
    """Return whether Python came, went or changed; a deleted module can break tests too."""
    names = (file.path, file.base_path)
    return any(name.endswith((".py", ".pyi")) for name in names) or (
        file.first_line.startswith("#!") and "python" in file.first_line
    )


def _told(task: TaskDefinition, policy: ReviewPolicy, analysers: Sequence[str]) -> TaskDefinition:
    """Return the step as the policy wants it."""
    told = policy.step(task.name)
    planned = policy.tests.timeout_seconds if task.name == TESTS else task.timeout_seconds
    return task.but(
        analysers=tuple(name for name in analysers if name not in policy.off),
        timeout_seconds=told.timeout_seconds or planned,
        retry=told.retry or task.retry,
    )
