from __future__ import annotations

import pytest

from tasks.core.render.page import SPARE, Page


def test_an_empty_page_is_empty():
    assert Page(1_000).text() == "\n"


def test_a_row_that_does_not_fit_is_not_jumped_over():
    page = Page(SPARE + 60)
    page.rows("T", "", ["a", "b" * 60, "c"])
    assert page.text() == "### T\n\na\n\n_Left out for want of room: 2 of 3 rows of “T”._\n"


def test_what_has_no_rows_has_no_title():
    page = Page(SPARE + 100)
    page.rows("T", "| head |\n", [])
    page.block("nothing", "")
    assert page.text() == "\n"


def test_a_block_is_there_whole_or_named():
    page = Page(SPARE + 10)
    page.block("the first", "12345678")
    page.block("the second", "1")
    assert page.text() == "12345678\n\n_Left out for want of room: the second._\n"


def test_no_more_rows_are_made_than_fit():
    made = []

    def row(number):
        made.append(number)
        return f"| {number} |"

    page = Page(SPARE + 100)
    page.rows("T", "", range(1_000_000), row)
    assert len(made) < 20
    assert "of 1,000,000 rows of “T”" in page.text()


def test_it_is_measured_in_bytes():
    """GitHub: "summary exceeds a maximum bytesize of 65535"."""
    page = Page(SPARE + 1_000)
    page.block("too long", "变" * 400)
    page.block("short", "变" * 100)
    page.rows("T", "", ["█" * 9] * 1_000)
    assert len(page.text().encode()) <= SPARE + 1_000
    assert "too long" in page.text().splitlines()[-1]
    assert page.blocks[0] == "变" * 100


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_a_share_leaves_room_for_the_rest(share):
    page = Page(SPARE + 1_000)
    page.rows("T", "", ["x" * 9] * 1_000, share=share)
    assert len(page.blocks[0]) <= 1_000 * share
    assert page.room >= 1_000 * (1 - share) - 2
