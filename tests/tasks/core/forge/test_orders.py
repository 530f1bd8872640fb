"""What people order is understood, and what they quote or mention is none of it."""

from __future__ import annotations

import pytest

from tasks.core.forge.orders import (
    NO_REASON,
    SAID,
    WHY,
    Command,
    Order,
    read_command,
    read_order,
)
from tasks.core.inbound.wishes import Verb
from tasks.core.plan import TaskPriority

ID = "0123456789abcdef"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n\n",
        "dismiss",
        "/review",
        "/review again",
        "/reviewdismiss",
        "/review dismissed",
        "/review dismiss-all x",
        "please /review dismiss",
        "> /review dismiss",
        "> /review dismiss\n\nwhat does that do?",
        "text\n/review dismiss",
        "`/review dismiss`",
        "<!-- prefect-review:finding:1 -->\n/review dismiss",
        "/ review dismiss",
    ],
)
def test_what_does_not_begin_with_an_order_is_none(body):
    assert read_order(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "review",
        "/reviewer stop",
        "/reviews",
        "/review-bot stop",
        "please /review",
        "> /review stop",
        "> /review stop\n\nwhat does that do?",
        "> ```\n> /review\n> ```",
        "`/review stop`",
        "text\n/review stop",
        "<!-- prefect-review:summary:1 -->\n/review stop",
    ],
)
def test_what_does_not_begin_with_review_commands_nothing(body):
    assert read_command(body) is None


@pytest.mark.parametrize(
    ("body", "verb", "priority"),
    [
        ("/review", Verb.REVIEW, None),
        ("  /Review  \r\nplease", Verb.REVIEW, None),
        ("> it is urgent\n\n/review critical", Verb.REVIEW, TaskPriority.CRITICAL),
        ("/review\tHIGH", Verb.REVIEW, TaskPriority.HIGH),
        ("/review normal", Verb.REVIEW, TaskPriority.MEDIUM),
        ("/review medium", Verb.REVIEW, TaskPriority.MEDIUM),
        ("/review low", Verb.REVIEW, TaskPriority.LOW),
        ("/review stop", Verb.STOP, None),
        ("/review dismiss", Verb.DISMISS, None),
        ("/review dismiss 01234567 stop it", Verb.DISMISS, None),
        ("/review undismiss", Verb.DISMISS, None),
        ("/review help", Verb.HELP, None),
        ("/review help me", Verb.HELP, None),
        ("/review critical parts only", Verb.UNKNOWN, None),
        ("/review stop using tabs", Verb.UNKNOWN, None),
        ("/review --high", Verb.UNKNOWN, None),
        ("/review again", Verb.UNKNOWN, None),
        ("/review\u00a0high", Verb.REVIEW, TaskPriority.HIGH),
    ],
)
def test_what_is_not_understood_whole_is_not_half_obeyed(body, verb, priority):
    command = read_command(body)
    assert (command.verb, command.priority) == (verb, priority)


def test_a_command_is_kept_as_it_was_written_but_not_for_ever():
    assert read_command("\n  /Review  Again \nmore") == Command(Verb.UNKNOWN, said="/Review  Again")
    assert len(read_command("/review dismiss " + "x" * 999).said) == SAID


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("/review dismiss", Order()),
        ("/review dismiss a test value", Order(rest="a test value")),
        ("  /Review  DISMISS  A test \r\nmore", Order(rest="A test")),
        ("\n\n\t/review\tdismiss\twhy", Order(rest="why")),
        ("> text\n\n/review dismiss why", Order(rest="why")),
        ("/review dismiss --always", Order(always=True)),
        ("/review dismiss --ALWAYS  it is ours", Order(always=True, rest="it is ours")),
        ("/review dismiss \u2014always why", Order(always=True, rest="why")),
        ("/review dismiss --alwaysnot", Order(rest="--alwaysnot")),
        ("/review dismiss why --always", Order(rest="why --always")),
        ("/review undismiss", Order(takes_back=True)),
        ("/review undismiss I was wrong", Order(takes_back=True, rest="I was wrong")),
    ],
)
def test_the_first_line_is_the_order(body, order):
    assert read_order(body) == order


@pytest.mark.parametrize(
    ("rest", "named"),
    [
        ("", ("", Order())),
        ("this is noise", ("", Order(rest="this is noise"))),
        (ID[:7], ("", Order(rest=ID[:7]))),
        (f"{ID}0 why", ("", Order(rest=f"{ID}0 why"))),
        (f"{ID[:8]}x", ("", Order(rest=f"{ID[:8]}x"))),
        (ID[:8], (ID[:8], Order())),
        (f"{ID}  why not", (ID, Order(rest="why not"))),
        (f"`{ID[:8].upper()}` why", (ID[:8], Order(rest="why"))),
        (f"{ID[:9]} --always why", (ID[:9], Order(always=True, rest="why"))),
    ],
)
def test_eight_digits_or_more_name_a_finding(rest, named):
    assert Order(rest=rest).named() == named


def test_always_may_stand_before_the_finding():
    order = read_order(f"/review dismiss --always {ID} why")
    assert order.named() == (ID, Order(always=True, rest="why"))


def test_a_reason_has_an_end_and_none_is_said():
    assert Order().why == NO_REASON
    assert Order(rest="why").why == "why"
    assert len(Order(rest="x" * 9_999).why) == WHY
