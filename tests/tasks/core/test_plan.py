"""What a plan may be, and what is refused by name."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.core.plan import (
    LIMITS,
    TRANSIENT,
    ResourceClass,
    RetryPolicy,
    TaskDefinition,
    TaskPriority,
    Trouble,
    WorkflowConfig,
)


def step(name: str, *needs: str) -> TaskDefinition:
    return TaskDefinition(name=name, dependencies=needs)


def plan(*steps: TaskDefinition) -> WorkflowConfig:
    return WorkflowConfig(name="a_plan", tasks=steps)


# priorities and limits


def test_priorities_are_in_order():
    assert TaskPriority.LOW < TaskPriority.MEDIUM < TaskPriority.HIGH < TaskPriority.CRITICAL


@pytest.mark.parametrize("said", ["high", "HIGH", 2, TaskPriority.HIGH])
def test_a_priority_can_be_said_as_a_word_or_a_number(said):
    assert TaskDefinition(name="a", priority=said).priority is TaskPriority.HIGH


def test_a_priority_is_written_as_its_word():
    assert step("a").model_dump(mode="json")["priority"] == "medium"


@pytest.mark.parametrize("said", ["urgent", 7, None])
def test_an_unknown_priority_is_refused(said):
    with pytest.raises(ValidationError, match="priority"):
        TaskDefinition(name="a", priority=said)


def test_every_resource_class_has_its_limit():
    assert LIMITS == {
        ResourceClass.CPU_INTENSIVE: 4,
        ResourceClass.MEMORY_INTENSIVE: 2,
        ResourceClass.IO_INTENSIVE: 10,
        ResourceClass.NETWORK_CALLS: 20,
    }


# retries


def test_a_step_is_tried_again_three_times_by_default_and_waits_longer_each_time():
    assert RetryPolicy().delays == (1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        ({"max_retries": 0}, ()),
        ({"base_delay_seconds": 0}, (0.0, 0.0, 0.0)),
        ({"backoff_multiplier": 1, "max_retries": 2}, (1.0, 1.0)),
        ({"max_delay_seconds": 3}, (1.0, 2.0, 3.0)),
        ({"max_delay_seconds": 0.5}, (0.5, 0.5, 0.5)),
        ({"backoff_multiplier": 1e308, "max_retries": 4}, (1.0, 60.0, 60.0, 60.0)),
    ],
)
def test_delays_grow_up_to_their_cap(policy, delays):
    assert RetryPolicy(**policy).delays == delays


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_retries": -1},
        {"max_retries": 51},
        {"base_delay_seconds": -0.1},
        {"base_delay_seconds": float("inf")},
        {"backoff_multiplier": 0.5},
        {"backoff_multiplier": float("nan")},
        {"max_delay_seconds": -1},
        {"jitter": -0.1},
        {"jitter": 1.1},
        {"on": ["bad luck"]},
        {"retries": 3},
    ],
)
def test_a_retry_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        RetryPolicy(**wrong)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_only_what_may_be_over_the_next_time_is_worth_another_try(trouble):
    expected = trouble in {Trouble.KILLED, Trouble.NETWORK, Trouble.LOCKED}
    assert RetryPolicy().worth_another_try(trouble) is expected
    assert (trouble in TRANSIENT) is expected


def test_nothing_is_worth_another_try_where_there_are_none():
    assert not RetryPolicy(max_retries=0).worth_another_try(Trouble.NETWORK)


def test_what_is_worth_another_try_can_be_said():
    policy = RetryPolicy(on=["timed_out"])
    assert policy.worth_another_try(Trouble.TIMED_OUT)
    assert not policy.worth_another_try(Trouble.NETWORK)


# steps


def test_a_step_has_defaults():
    task = step("lint")
    assert task.action == "lint"
    assert task.priority is TaskPriority.MEDIUM
    assert task.timeout_seconds == 60
    assert task.retry == RetryPolicy()
    assert task.retry.max_retries == 3
    assert task.retry.backoff_multiplier == 2.0
    assert task.resource_class is None
    assert task.cacheable
    assert not task.always
    assert task.dependencies == task.analysers == task.tags == ()


def test_an_action_can_be_said():
    assert TaskDefinition(name="a", action="analyse").action == "analyse"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Upper"},
        {"name": "1st"},
        {"name": "with-dash"},
        {"name": "a\n"},
        {"action": ""},
        {"timeout_seconds": 0},
        {"timeout_seconds": -1},
        {"timeout_seconds": float("inf")},
        {"resource_class": "gpu"},
        {"surprise": 1},
    ],
)
def test_a_step_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        TaskDefinition(**{"name": "a", **wrong})


def test_a_step_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        step("a").name = "b"


def test_a_step_with_other_values_is_checked_like_any_other():
    assert step("a").but(timeout_seconds=5).timeout_seconds == 5
    with pytest.raises(ValidationError, match="timeout_seconds"):
        step("a").but(timeout_seconds=0)


# plans


def test_a_plan_has_defaults():
    config = plan(step("a"))
    assert config.max_concurrent_tasks == 10
    assert config.overall_timeout_seconds == 1800


def test_a_plan_survives_its_way_through_json():
    config = plan(step("a"), TaskDefinition(name="b", dependencies=("a",), priority="high"))
    assert WorkflowConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"tasks": ()}, "tasks"),
        ({"name": ""}, "name"),
        ({"max_concurrent_tasks": 0}, "greater than 0"),
        ({"max_concurrent_tasks": -3}, "greater than 0"),
        ({"overall_timeout_seconds": 0}, "greater than 0"),
        ({"tasks": (step("x"), step("y"), step("x"))}, "Duplicate task name: 'x'"),
        (
            {"tasks": (step("x", "y"),)},
            "Unknown dependency: 'x' needs 'y', which is not in the plan",
        ),
        ({"tasks": (step("a", "a"),)}, "Circular dependency detected: a -> a"),
        (
            {"tasks": (step("a", "b"), step("b", "a"))},
            "Circular dependency detected: a -> b -> a",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(wrong, why):
    with pytest.raises(ValidationError, match=why):
        WorkflowConfig(**{"name": "p", "tasks": (step("a"),), **wrong})


def test_a_cycle_is_named_from_its_first_step_without_what_hangs_on_it():
    steps = (step("z", "c"), step("free"), step("b", "free", "c"), step("c", "d"), step("d", "b"))
    with pytest.raises(ValidationError, match=r"detected: b -> c -> d -> b(\s|$)"):
        plan(*steps)


def test_a_plan_knows_its_steps_by_name():
    config = plan(step("a"), step("b", "a"))
    assert config.names == ("a", "b")
    assert config.task("b").dependencies == ("a",)
    with pytest.raises(KeyError, match="no step 'c' in the plan 'a_plan'"):
        config.task("c")


@pytest.mark.parametrize(
    ("steps", "layers"),
    [
        ([step("a")], (("a",),)),
        ([step("b"), step("a")], (("b", "a"),)),
        ([step("b", "a"), step("a")], (("a",), ("b",))),
        (
            [step("d", "b", "c"), step("c", "a"), step("b", "a"), step("a"), step("e", "a", "d")],
            (("a",), ("c", "b"), ("d",), ("e",)),
        ),
        ([step("a"), step("b", "a", "a")], (("a",), ("b",))),
    ],
)
def test_layers_are_waves_in_the_order_of_the_plan(steps, layers):
    assert plan(*steps).layers() == layers


def test_a_plan_without_no_step_is_the_same():
    config = plan(step("a"), step("b", "a"))
    assert config.without(()) == config


def test_a_plan_without_a_step_is_without_the_dependencies_on_it():
    config = plan(step("a"), step("b", "a"), step("c", "a", "b")).without({"b"})
    assert config.names == ("a", "c")
    assert config.task("c").dependencies == ("a",)


def test_a_plan_without_any_step_is_refused():
    with pytest.raises(ValidationError, match="tasks"):
        plan(step("a")).without({"a"})


def test_a_plan_of_a_thousand_steps_in_a_row_is_no_burden():
    config = plan(step("s0"), *(step(f"s{n}", f"s{n - 1}") for n in range(1, 1000)))
    assert len(config.layers()) == 1000
    assert len(config.without({"s500"}).layers()) == 500


def test_a_cycle_of_a_thousand_steps_is_refused():
    steps = [step(f"s{n}", f"s{(n + 1) % 1000}") for n in range(1000)]
    with pytest.raises(ValidationError, match="Circular dependency detected: s0 -> s1 -> "):
        plan(*steps)
