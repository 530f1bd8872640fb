"""What people order is understood, and what they quote or mention is none of it."""

from __future__ import annotations

import pytest

from tasks.core.forge.orders import NO_REASON, WHY, Order, read_order

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
