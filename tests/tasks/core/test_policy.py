"""What people may say about a review, and how they are told that they said it wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.core.finding import Finding, Severity
from tasks.core.plan import LIMITS, ResourceClass, RetryPolicy
from tasks.core.policy import (
    PolicyError,
    ReviewPolicy,
    StepPolicy,
    read_policy,
)


def test_an_empty_policy_is_the_default():
    assert read_policy("", "policy.yaml") == ReviewPolicy()
    assert read_policy("# nothing yet\n", "policy.yaml") == ReviewPolicy()


def test_the_defaults_are_what_the_documentation_says():
    policy = ReviewPolicy()
    assert policy.fail_on is Severity.ERROR
    assert policy.required == ("code_quality", "security_scan")
    assert policy.coverage_threshold == 80
    assert (policy.max_file_bytes, policy.max_files) == (1_000_000, 10_000)
    assert (policy.complexity.cyclomatic, policy.complexity.cognitive) == (10, 15)
    assert policy.tests.sandbox == "bubblewrap"
    assert policy.tests.memory_bytes == 4 * 1024**3
    assert (policy.tests.processes, policy.tests.file_bytes) == (256, 512 * 1024**2)
    assert policy.tests.timeout_seconds == 600
    assert policy.osv == "https://api.osv.dev"
    assert policy.cache_days == 7
    assert policy.limits == LIMITS
    assert (policy.max_concurrent_tasks, policy.overall_timeout_seconds) == (10, 1800)
    assert policy.step("code_quality") == StepPolicy()


WHOLE = """
fail_on: warning
required: [security_scan]
steps:
  code_quality:
    timeout_seconds: 90
    retry: {max_retries: 1, on: [network]}
    settings:
      ruff: {line-length: 88, preview: true, ratio: 0.5, select: [F, E4], style: google}
  performance_review:
    enabled: false
off: [typos]
coverage_threshold: 72.5
max_file_bytes: 2_000_000
complexity: {cyclomatic: 12}
tests:
  command: [pytest, -q]
  python: /opt/env/bin/python
  sandbox: none
osv: off
limits: {cpu_intensive: 8}
python: 3.10
ignore: [vendor/**]
severities: {ruff: info, ruff/F401: Error}
"""


def test_everything_can_be_said():
    policy = read_policy(WHOLE, "policy.yaml")
    assert policy.fail_on is Severity.WARNING
    step = policy.step("code_quality")
    assert step.timeout_seconds == 90
    assert step.retry == RetryPolicy(max_retries=1, on=["network"])
    assert step.settings["ruff"] == {
        "line-length": 88,
        "preview": True,
        "ratio": 0.5,
        "select": ("F", "E4"),
        "style": "google",
    }
    assert not policy.step("performance_review").enabled
    assert policy.off == ("typos",)
    assert policy.coverage_threshold == 72.5
    assert policy.max_file_bytes == 2_000_000
    assert policy.complexity.cyclomatic == 12
    assert policy.complexity.cognitive == 15
    assert policy.tests.command == ("pytest", "-q")
    assert policy.tests.sandbox == "none"
    assert policy.osv == "off"
    assert policy.limits == {**LIMITS, ResourceClass.CPU_INTENSIVE: 8}
    assert policy.python == "3.10"
    assert policy.severities == {"ruff": Severity.INFO, "ruff/F401": Severity.ERROR}


def test_a_policy_survives_its_way_through_json():
    for policy in (ReviewPolicy(), ReviewPolicy(fail_on="never"), read_policy(WHOLE, "p")):
        assert ReviewPolicy.model_validate_json(policy.model_dump_json()) == policy


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("never", None),
        ("Never", None),
        ("info", Severity.INFO),
        ("CRITICAL", Severity.CRITICAL),
        (Severity.WARNING, Severity.WARNING),
        (None, None),
    ],
)
def test_a_review_fails_from_a_severity_on_or_never(said, level):
    assert ReviewPolicy(fail_on=said).fail_on is level


def test_a_threshold_without_a_value_does_not_open_the_gate():
    assert read_policy("fail_on:\n", "p").fail_on is Severity.ERROR


@pytest.mark.parametrize(
    "osv", ["https://osv.internal/v1", "http://127.0.0.1:8080", "/data/all.zip", "off"]
)
def test_vulnerabilities_come_from_a_server_an_export_or_nowhere(osv):
    assert ReviewPolicy(osv=osv).osv == osv


@pytest.mark.parametrize("osv", ["", "on", "ftp://x/y", "https://", "/data/all.json"])
def test_any_other_source_of_vulnerabilities_is_refused(osv):
    with pytest.raises(ValidationError, match="OSV export"):
        ReviewPolicy(osv=osv)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fial_on: error", "p:1: unknown name 'fial_on'; did you mean 'fail_on'?"),
        (
            "\nfail_on: bad",
            "p:2: 'fail_on': expected info, warning, error, critical or never, not 'bad'",
        ),
        (
            "severities:\n  ruff: never",
            "p:2: 'severities.ruff': expected info, warning, error or critical, not 'never'",
        ),
        (
            "steps:\n  tests:\n    timeout: 3",
            "p:3: unknown name 'timeout'; did you mean 'timeout_seconds'?",
        ),
        ("python: 3.x", "p:1: 'python': expected a version such as 3.12, not '3.x'"),
        ("tests: {sandbox: docker}", "p:1: 'tests.sandbox': expected 'bubblewrap' or 'none', not"),
        ("coverage_threshold: 101", "expected less than or equal to 100, not 101"),
        ("limits: {gpu: 1}", "p:1: 'limits.gpu': expected 'cpu_intensive', 'memory"),
        ("limits: {cpu_intensive: 0}", "expected greater than or equal to 1, not 0"),
        ("cache_days: -1", "expected greater than or equal to 0, not -1"),
        ("a: [", "p:1: not YAML: "),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused_with_its_line(text, complaint):
    with pytest.raises(PolicyError) as refused:
        read_policy(text, "p")
    assert str(refused.value).startswith(complaint) or complaint in str(refused.value)
    assert "\n" not in str(refused.value)


STEPS = ("code_quality", "security_scan", "test_coverage")
TOOLS = ("ruff", "typos")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("required:\n- code_quality\n- security_scam", "p:3: unknown name 'security_scam'; did"),
        ("steps:\n  test_coverrage: {}", "p:2: unknown name 'test_coverrage'; did you mean 'test"),
        ("off: [ruf]", "p:1: unknown name 'ruf'; did you mean 'ruff'?"),
        (
            "steps:\n  code_quality:\n    settings:\n      typo: {}",
            "p:4: unknown name 'typo'; did you mean 'typos'?",
        ),
        ("off: [xyz]", "p:1: unknown name 'xyz'; known here: ruff, typos"),
    ],
)
def test_steps_and_analysers_are_held_to_those_that_there_are(text, complaint):
    with pytest.raises(PolicyError) as refused:
        read_policy(text, "p", steps=STEPS, analysers=TOOLS)
    assert str(refused.value).startswith(complaint)


def test_steps_and_analysers_that_there_are_may_be_named():
    text = "required: [code_quality]\noff: [ruff]\nsteps: {code_quality: {settings: {typos: {}}}}"
    policy = read_policy(text, "p", steps=STEPS, analysers=TOOLS)
    assert policy.off == ("ruff",)


def test_nobody_is_held_to_names_that_are_not_given():
    assert read_policy("off: [anything]", "p").off == ("anything",)


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ({}, Severity.WARNING),
        ({"typos": "info"}, Severity.WARNING),
        ({"ruff": "info"}, Severity.INFO),
        ({"ruff/F401": "critical"}, Severity.CRITICAL),
        ({"ruff": "info", "ruff/F401": "critical"}, Severity.CRITICAL),
        ({"ruff": "info", "ruff/F402": "critical"}, Severity.INFO),
    ],
)
def test_a_severity_is_the_rules_before_the_tools_before_its_own(severities, expected):
    finding = Finding(path="a", line=1, rule="ruff/F401", severity="warning", message="x")
    assert ReviewPolicy(severities=severities).severity_of(finding) is expected


def test_a_threshold_that_is_said_on_its_own_replaces_the_policys():
    policy = ReviewPolicy(fail_on="warning", max_files=7)
    assert policy.with_threshold("critical") == ReviewPolicy(fail_on="critical", max_files=7)
    assert policy.with_threshold("never").fail_on is None
    with pytest.raises(ValidationError, match="expected info"):
        policy.with_threshold("loud")
