"""What of a reviewed repository's own policy is followed, and what only the operator may say."""

from __future__ import annotations

from tasks.core.policy import ReviewPolicy, SayPolicy, TestsPolicy, read_policy
from tasks.core.trust import trusted_part


def test_a_default_policy_can_be_trusted_as_it_is():
    assert trusted_part(ReviewPolicy()) == ReviewPolicy()


def test_a_repository_cannot_switch_off_the_sandbox():
    policy = ReviewPolicy(tests=TestsPolicy(sandbox="none", python="/evil", command=["make"]))
    trusted = trusted_part(policy)
    assert trusted.tests.sandbox == "bubblewrap"
    assert trusted.tests.python == ""
    assert trusted.tests.command == ("make",)


def test_a_repository_cannot_send_us_elsewhere_nor_take_more_than_its_share():
    policy = ReviewPolicy(
        osv="http://169.254.169.254/",
        limits={"cpu_intensive": 1000},
        max_file_bytes=10**12,
        max_files=10**9,
        max_concurrent_tasks=10**6,
        overall_timeout_seconds=10**9,
        tests={"memory_bytes": 2**60, "processes": 10**6, "file_bytes": 2**60},
    )
    assert trusted_part(policy) == ReviewPolicy()


def test_a_repository_may_ask_for_less_and_for_other_rules():
    policy = ReviewPolicy(
        fail_on="warning",
        osv="off",
        max_files=5,
        overall_timeout_seconds=60,
        tests={"memory_bytes": 1024, "timeout_seconds": 900},
        ignore=["vendor/**"],
    )
    assert trusted_part(policy) == policy


def test_what_the_operator_says_stands():
    operator = ReviewPolicy(
        osv="/data/all.zip",
        limits={"cpu_intensive": 16},
        max_files=50_000,
        tests={"sandbox": "none", "python": "/opt/env/bin/python"},
    )
    trusted = trusted_part(ReviewPolicy(max_files=20_000, osv="https://x.example"), operator)
    assert trusted.osv == "/data/all.zip"
    assert trusted.limits == operator.limits
    assert trusted.max_files == 20_000
    assert trusted.tests.sandbox == "none"
    assert trusted.tests.python == "/opt/env/bin/python"


def test_limits_that_nobody_said_are_not_said_by_being_trusted():
    theirs = read_policy("limits: {cpu_intensive: 99}\n", "x")
    operator = read_policy("limits: {cpu_intensive: 2}\n", "x")

    assert "limits" not in trusted_part(theirs).model_fields_set
    assert "limits" in trusted_part(theirs, operator).model_fields_set
    assert trusted_part(theirs, operator).limits == operator.limits


def test_only_the_operator_lets_us_approve():
    theirs = ReviewPolicy(say=SayPolicy(approve=True, inline=3))
    assert trusted_part(theirs).say == SayPolicy(inline=3)
    assert trusted_part(theirs, ReviewPolicy(say=SayPolicy(approve=True))).say.approve
