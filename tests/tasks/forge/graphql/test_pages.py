"""How GraphQL's lists are turned over, what bounds they have and what they cost."""

from __future__ import annotations

import pytest

from tests.tasks.forge.graphql.conftest import PULL


def paged(place, argument: str, cursor: str, back: str) -> list[list[str]]:
    pages, at = [], None
    while True:
        fields = f"""comments({argument}: 2, {back}: $at) {{
            nodes {{ body }} pageInfo {{ hasNextPage hasPreviousPage {cursor} }} }}"""
        document = (PULL % fields).replace("$n: Int!", "$n: Int!, $at: String")
        found = place.data(document, n=1, at=at)["repository"]["pullRequest"]["comments"]
        pages.append([one["body"] for one in found["nodes"]])
        at = found["pageInfo"][cursor]
        if not found["pageInfo"]["hasNextPage" if argument == "first" else "hasPreviousPage"]:
            return pages


def test_pages_follow_each_other_in_both_directions(place):
    for number in range(5):
        place.hub.comment(place.pull, "eve", str(number))
    assert paged(place, "first", "endCursor", "after") == [["0", "1"], ["2", "3"], ["4"]]
    assert paged(place, "last", "startCursor", "before") == [["3", "4"], ["1", "2"], ["0"]]


def test_a_cursor_outlives_what_it_points_at(place):
    for number in range(4):
        place.hub.comment(place.pull, "eve", str(number))
    fields = "comments(first: 2) { totalCount edges { cursor } pageInfo { endCursor } }"
    first = place.of_pull(fields)["comments"]
    assert first["totalCount"] == 4
    assert first["edges"][1]["cursor"] == first["pageInfo"]["endCursor"]
    del place.pull.comments[1]
    fields = f'comments(first: 2, after: "{first["pageInfo"]["endCursor"]}") {{ nodes {{ body }} }}'
    assert place.of_pull(fields)["comments"]["nodes"] == [{"body": "2"}, {"body": "3"}]


@pytest.mark.parametrize(
    ("fields", "type_", "message"),
    [
        ("comments { totalCount }", "MISSING_PAGINATION_BOUNDARIES", "`comments`"),
        ("comments(first: 101) { totalCount }", "EXCESSIVE_PAGINATION", "limit of 100 records"),
        ('comments(first: 1, after: "x") { totalCount }', "INVALID_CURSOR_ARGUMENTS", "`x`"),
        (
            """reviews(first: 100) { nodes { comments(first: 100) { nodes { pullRequest {
                comments(first: 100) { totalCount } } } } } }""",
            "MAX_NODE_LIMIT_EXCEEDED",
            "1,010,100",
        ),
    ],
)
def test_a_list_has_bounds(place, fields, type_, message):
    (error,) = place.ask(PULL % fields, n=1)["errors"]
    assert error["type"] == type_
    assert message in error["message"]


def test_what_it_costs_is_the_hundredth_of_its_requests(place):
    cheap = "{ rateLimit { cost limit remaining resetAt } }"
    now = place.data(cheap)["rateLimit"]
    assert (now["cost"], now["limit"]) == (1, 5000)
    dear = """{ rateLimit { cost } repository(owner: "acme", name: "shop") {
        pullRequest(number: 1) { reviewThreads(first: 100) { nodes { comments(first: 50) {
            nodes { id } } } } reviews(first: 100) { nodes { ...more } } } } }
        fragment more on PullRequestReview { comments(first: 1) { nodes { id } } }"""
    assert place.data(dear)["rateLimit"]["cost"] == 2  # 1 + 100 + 1 + 100
