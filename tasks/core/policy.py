"""What a review asks for, and how much it may cost: the settings of people."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from tasks.core.finding import Finding, Level, Severity
from tasks.core.plan import LIMITS, Priority, ResourceClass, RetryPolicy, TaskPriority

OSV = "https://api.osv.dev"
"""Where OSV answers: https://google.github.io/osv.dev/api/."""

Setting = bool | int | float | str | tuple[str, ...]
"""What an analyser can be told."""

Percent = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=1)]
Path = tuple[str | int, ...]
"""Where a value is in a policy: the names and positions that lead to it."""


class PolicyError(ValueError):
    """A policy that cannot be followed: which file and line, and what was expected there."""


LEVELS = tuple(level.label for level in Severity)


def _level(word: Any) -> Any:  # noqa: ANN401 - what it does not know is for pydantic to refuse
    if isinstance(word, str) and word.lower() not in LEVELS:
        raise ValueError(f"expected {', '.join(LEVELS[:-1])} or {LEVELS[-1]}")
    return word


def _threshold(word: Any) -> Any:  # noqa: ANN401 - what it does not know is for pydantic to refuse
    if isinstance(word, str) and word.lower() not in {*LEVELS, "never"}:
        raise ValueError(f"expected {', '.join(LEVELS)} or never")
    return None if str(word).lower() == "never" else word


def _database(where: str) -> str:
    if where == "off" or where.endswith(".zip") or re.match(r"https?://[^\s/]+", where):
        return where
    raise ValueError("expected a URL, the path of an OSV export (.zip), or off")


def _version(version: str) -> str:
    if version and not re.fullmatch(r"3\.[0-9]{1,2}", version):
        raise ValueError("expected a version such as 3.12")
    return version


def _with_defaults(limits: dict[ResourceClass, int]) -> dict[ResourceClass, int]:
    return {**LIMITS, **limits}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepPolicy(_Part):
    """What one step is told; what is not said here is as the plan has it."""

    enabled: bool = True
    timeout_seconds: Count | None = None
    retry: RetryPolicy | None = None
    settings: dict[str, dict[str, Setting]] = Field(default_factory=dict)
    """By analyser."""


class ComplexityPolicy(_Part):
    """How complex a function may be before it is a finding."""

    cyclomatic: Count = 10
    cognitive: Count = 15


class TestsPolicy(_Part):
    """How the reviewed project's tests are run, and what they may take.

    ``python`` is the path of the interpreter of the project's environment. ``sandbox: none``
    lets the author's code do what the reviewer can: for code you would run anyway.
    """

    __test__: ClassVar[bool] = False  # pytest would take it for a test by its name

    command: tuple[str, ...] = ()
    python: str = ""
    sandbox: Literal["bubblewrap", "none"] = "bubblewrap"
    memory_bytes: Count = 4 * 1024**3
    processes: Count = 256
    file_bytes: Count = 512 * 1024**2
    timeout_seconds: Count = 600


class PullRequestPolicy(_Part):
    """Which pull requests are reviewed, and how soon.

    Patterns are globs, without regard to case: ``*`` crosses slashes, ``[[]`` is a bracket.
    ``bases`` and ``paths`` admit everything where they are empty; with ``paths``, one changed
    file that matches is enough. A label goes before a branch name, and of several the most
    urgent counts. ``ignore_titles`` lets authors skip the review: they choose the title.
    """

    drafts: bool = False
    bots: bool = True
    ignore_labels: tuple[str, ...] = ("no-review",)
    ignore_titles: tuple[str, ...] = ()
    ignore_authors: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    priority_labels: dict[str, Priority] = Field(
        default_factory=lambda: {f"priority: {level.label}": level for level in TaskPriority}
    )
    priority_branches: dict[str, Priority] = Field(
        default_factory=lambda: {"hotfix/*": TaskPriority.CRITICAL}
    )
    priority: Priority = TaskPriority.MEDIUM


class SayPolicy(_Part):
    """What a review leaves on GitHub.

    ``inline`` is the most comments of one review, ``annotations`` those of one check run.
    ``check`` names the check run, or the commit status in its place. ``dismiss`` is who may
    dismiss a finding for a pull request: its author too, or only who may write.
    """

    inline: int = Field(default=25, ge=0, le=30)  # GitHub errs from 70 on, in parts
    annotations: int = Field(default=200, ge=0, le=1000)
    request_changes: bool = True
    approve: bool = False
    suggestions: bool = True
    resolve: bool = True
    sarif: bool = False
    check: str = Field(default="review", min_length=1, max_length=100)
    dismiss: Literal["author", "write"] = "author"


class ReviewPolicy(_Part):
    """What a review asks for; every value has a default, and a word it does not know is refused.

    ``fail_on`` is None for "never". ``off`` are analysers that are not asked, ``ignore``
    globs of paths that are not reviewed (the verdict names them), ``python`` the version the
    code is written for, by default what the project itself says. ``severities`` are by
    rule (``ruff/F401``) or by tool (``ruff``).
    """

    fail_on: Annotated[Level | None, BeforeValidator(_threshold)] = Severity.ERROR
    required: tuple[str, ...] = ("code_quality", "security_scan")
    steps: dict[str, StepPolicy] = Field(default_factory=dict)
    off: tuple[str, ...] = ()
    coverage_threshold: Percent = 80.0
    max_file_bytes: Count = 1_000_000
    max_files: Count = 10_000
    complexity: ComplexityPolicy = ComplexityPolicy()
    tests: TestsPolicy = TestsPolicy()
    osv: Annotated[str, AfterValidator(_database)] = OSV
    cache_days: int = Field(default=7, ge=0)
    limits: Annotated[dict[ResourceClass, Count], AfterValidator(_with_defaults)] = Field(
        default_factory=lambda: dict(LIMITS)
    )
    max_concurrent_tasks: Count = 10
    overall_timeout_seconds: Count = 1800
    python: Annotated[str, AfterValidator(_version)] = ""
    ignore: tuple[str, ...] = ()
    severities: dict[str, Annotated[Level, BeforeValidator(_level)]] = Field(default_factory=dict)
    pull_requests: PullRequestPolicy = PullRequestPolicy()
    say: SayPolicy = SayPolicy()

    def with_threshold(self, fail_on: str) -> ReviewPolicy:
        """Return this policy with another severity from which on a finding fails the review."""
        return ReviewPolicy.model_validate({**dict(self), "fail_on": fail_on})

    def step(self, name: str) -> StepPolicy:
        """Return what this step is told."""
        return self.steps.get(name, StepPolicy())

    def severity_of(self, finding: Finding) -> Severity:
        """Return how bad this finding is here: by its rule, else by its tool, else as it says."""
        tool = finding.rule.partition("/")[0]
        by_tool = self.severities.get(tool, finding.severity)
        return self.severities.get(finding.rule, by_tool)


def read_policy(
    text: str, where: str, *, steps: Collection[str] = (), analysers: Collection[str] = ()
) -> ReviewPolicy:
    """Return the policy that is written in this YAML.

    ``where`` is what people call the file. Where ``steps`` and ``analysers`` are given, the
    policy's names of them are held to it.

    Raises:
        PolicyError: it says where, what was expected, and the nearest valid name.
    """
    from tasks.core.settings_file import SettingsError, read_settings, unknown

    try:
        # 3.10 is a version here and not the number 3.1
        policy, marked = read_settings(text, where, ReviewPolicy, texts=frozenset({"python"}))
    except SettingsError as error:
        raise PolicyError(str(error)) from None
    for place, name, known in _names(policy, steps, analysers):
        if known and name not in known:
            raise PolicyError(f"{where}:{marked.line(place)}: {unknown(name, known)}")
    return policy


def _names(
    policy: ReviewPolicy, steps: Collection[str], analysers: Collection[str]
) -> Iterator[tuple[Path, str, Collection[str]]]:
    """Yield where each step and analyser is named, its name, and the names that there are."""
    yield from ((("required", at), name, steps) for at, name in enumerate(policy.required))
    yield from ((("off", at), name, analysers) for at, name in enumerate(policy.off))
    for step, told in policy.steps.items():
        yield ("steps", step), step, steps
        for name in told.settings:
            yield ("steps", step, "settings", name), name, analysers
