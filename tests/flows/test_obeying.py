"""Orders in comments: who may is obeyed, once, and sees it at their comment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Completed

from tasks.core.forge.markers import answered
from tasks.core.inbound.wishes import Obey, Subject, Verb
from tasks.core.plan import TaskPriority
from tasks.forge.errors import RateLimited, Unreachable
from tasks.service.inbound import fulfil
from tasks.service.submit import submit
from tests.fake_github.state import IssueComment
from tests.flows.pool import Pool
from tests.flows.shop import Shop


class Talk:
    """The pull request of a shop, what is ordered there, and the runs that makes."""

    def __init__(self, shop: Shop, pool: Pool) -> None:
        self.shop, self.pool, self.client = shop, pool, pool.client
        self.deliveries = map(str, count())

    def order(self, verb: Verb, by: str = "ada", **how) -> Obey:
        self.comment: IssueComment = self.shop.github.comment(self.shop.pull, by, f"/review {verb}")
        return Obey(Subject(self.shop.name, 1), self.comment.id, by, verb, **how)

    async def obey(self, wish: Obey, delivery: str = "") -> str:
        return await fulfil(self.client, wish, delivery=delivery or next(self.deliveries))

    async def runs(self) -> list[FlowRun]:
        wanted = FlowRunFilter(name=FlowRunFilterName(like_=self.shop.name))
        found = await self.client.read_flow_runs(flow_run_filter=wanted)
        return sorted(found, key=lambda run: run.created)

    async def states(self) -> list[tuple[str, str]]:
        return [(run.work_queue_name, run.state.type.value.title()) for run in await self.runs()]

    @property
    def reactions(self) -> list[str]:
        return [one.content for one in self.comment.reactions]

    @property
    def answers(self) -> list[str]:
        return [answered(comment.body) for comment in self.shop.pull.comments][1:]


@pytest.fixture
async def talk(shop, monkeypatch) -> AsyncIterator[Talk]:
    shop.open()
    monkeypatch.setenv("GITHUB_TOKEN", shop.github.actions_token(shop.name))
    async with get_client() as client:
        yield Talk(shop, await Pool.empty(client))


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.DISMISS])
async def test_who_may_not_write_is_not_obeyed_and_sees_that(talk, verb):
    said = await talk.obey(talk.order(verb, by="eve"))
    assert said == f"eve may not write to {talk.shop.name}: not obeyed"
    assert (talk.reactions, talk.answers, await talk.runs()) == (["confused"], [], [])


async def test_who_may_not_write_may_still_dismiss_what_the_next_review_reads(talk):
    assert "not obeyed" in await talk.obey(talk.order(Verb.DISMISS, by="eve"))
    assert (talk.reactions, await talk.runs()) == ([], [])


async def test_an_order_that_was_taken_back_is_none(talk):
    wish = talk.order(Verb.REVIEW)
    talk.shop.pull.comments.clear()
    assert await talk.obey(wish) == "the comment is not there any more"
    assert await talk.runs() == []


async def test_to_stop_what_is_not_there_is_done_at_once(talk):
    assert await talk.obey(talk.order(Verb.STOP)) == "ada said stop: nothing waits or is at work"
    assert talk.reactions == ["eyes", "rocket"]


async def test_a_review_is_ordered_once_in_its_queue_and_with_a_check_of_its_own(talk):
    wish = talk.order(Verb.REVIEW, priority=TaskPriority.HIGH)
    for _ in range(2):
        await talk.obey(wish, "one")
    (run,) = await talk.runs()
    assert (run.work_queue_name, run.parameters["again"]) == ("high", True)
    assert talk.reactions == ["eyes", "rocket"]
    await talk.client.set_flow_run_state(run.id, Completed(), force=True)
    await talk.obey(wish, "one")
    assert await talk.states() == [("high", "Completed")]


async def test_what_waits_is_moved_to_where_somebody_orders_it(talk):
    await submit(talk.client, talk.shop.name, 1)
    await talk.obey(talk.order(Verb.REVIEW, priority=TaskPriority.CRITICAL))
    assert await talk.states() == [("normal", "Cancelled"), ("critical", "Scheduled")]


async def test_to_stop_ends_what_waits_and_what_is_at_work_in_the_name_of_who_said_so(talk):
    await talk.pool.begin((await submit(talk.client, talk.shop.name, 1)).id, pulse=True)
    await submit(talk.client, talk.shop.name, 1)
    await talk.obey(talk.order(Verb.STOP))
    assert await talk.states() == [("normal", "Cancelling"), ("normal", "Cancelled")]
    assert {run.state.message for run in await talk.runs()} == {"stopped by ada"}


async def test_a_dismissal_is_read_by_the_next_review_which_begins_unless_one_waits(talk):
    for _ in range(3):
        await talk.obey(talk.order(Verb.DISMISS))
    assert await talk.states() == [("normal", "Scheduled")]


async def test_help_is_given_once_also_where_two_try(talk):
    wish = talk.order(Verb.HELP)
    await asyncio.gather(*(talk.obey(wish, "one") for _ in range(2)))
    await talk.obey(wish, "one")
    assert talk.answers == [str(wish.comment)]
    assert (talk.reactions, await talk.runs()) == (["eyes", "rocket"], [])


async def test_what_nobody_knows_is_answered_by_what_is_known(talk):
    wish = talk.order(Verb.UNKNOWN, said="/review everything")
    await talk.obey(wish)
    assert talk.reactions == ["eyes", "confused"]
    assert "`/review everything` is no order" in talk.shop.pull.comments[-1].body


@pytest.mark.parametrize(("how", "error"), [("rate_primary", RateLimited), ("drop", Unreachable)])
async def test_what_github_does_not_take_now_is_done_by_the_next_try_once(talk, how, error):
    wish = talk.order(Verb.HELP)
    talk.shop.github.fault("POST", "issues/1/comments", how=how, when="after")
    with pytest.raises(error):
        await talk.obey(wish, "one")
    talk.shop.github.faults.clear()
    await talk.obey(wish, "one")
    assert talk.answers == [str(wish.comment)]


async def test_who_is_interrupted_by_prefect_being_away_does_it_at_the_next_try(talk):
    wish = talk.order(Verb.REVIEW)
    nobody = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(nobody):
        async with get_client() as away:
            with pytest.raises(httpx.HTTPError):
                await fulfil(away, wish, delivery="one")
    assert talk.reactions == ["eyes"]
    await talk.obey(wish, "one")
    assert await talk.states() == [("normal", "Scheduled")]
    assert talk.reactions == ["eyes", "rocket"]
