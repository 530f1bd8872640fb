"""The review of a real change, on a real server: what it answers, and what people see of it."""

from __future__ import annotations

import asyncio

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    FlowRunFilter,
    LogFilter,
)
from prefect.client.schemas.sorting import FlowRunSort, LogSort
from prefect.context import FlowRunContext
from prefect.states import Cancelling

from flows.audience import AUDIENCE, Audience
from flows.change_review import review_change
from tasks.artifacts import progress_of
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Status
from tasks.core.verdict import Answer
from tasks.errors import CannotReview
from tests.flows.shop import OURS, SLOW, alive

CLEAN = '''"""A module."""


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number
'''
UNDEFINED = f"{CLEAN}\n\nanswer = halve(21)\n"


class Heard(Audience):
    """Writes down what it hears."""

    def __init__(self):
        self.words = []

    def prepared(self, change, plan):
        self.words.append(("prepared", len(change.files), plan.config.names))

    def started(self, step):
        self.words.append(("started", step.name))

    def finished(self, report):
        self.words.append(("finished", report.step))

    def decided(self, verdict, shown):
        self.words.append(("decided", verdict.answer, shown.text_of("a.py")))


@pytest.fixture
def review(project):
    def run(head="HEAD", base="HEAD~1", policy=None, **values):
        return asyncio.run(
            review_change(
                name=values.pop("name", "project@head"),
                repository=str(project.folder),
                base=base,
                head=head,
                policy=policy,
                **values,
            )
        )

    return run


def step(verdict, name):
    return next(report for report in verdict.reports if report.step == name)


def test_an_empty_change_passes_and_says_that_there_was_nothing(project, review):
    project.commit({"a.py": CLEAN})
    verdict = review(base="HEAD")

    assert verdict.answer is Answer.PASSED
    assert {left.why for left in verdict.left_out_steps} == {"the change is empty"}


def test_a_clean_change_passes(project, review):
    project.commit({"README": "A project.\n"})
    project.commit({"a.py": CLEAN})
    verdict = review(skip=("test_coverage",))

    assert verdict.answer is Answer.PASSED, verdict.summary
    assert step(verdict, "code_quality").status is Status.CLEAN
    assert step(verdict, "security_scan").status is Status.CLEAN


def test_an_error_on_a_changed_line_fails_and_one_elsewhere_does_not(project, review):
    project.commit({"a.py": UNDEFINED})
    project.commit({"a.py": UNDEFINED + "more = 1\n"})
    project.commit({"a.py": UNDEFINED + "more = halve(2)\n"})

    before = review(base="HEAD~2", head="HEAD~1", skip=("test_coverage",))
    after = review(skip=("test_coverage",))

    assert before.answer is Answer.PASSED
    assert before.elsewhere == 1
    assert after.answer is Answer.FAILED
    assert [f.line for f in after.counted] == [10]
    assert review(base="HEAD~2", head="HEAD~1", all_lines=True).answer is Answer.FAILED


def test_what_was_seen_once_is_answered_from_the_cache_also_beside_a_change(project, review):
    project.commit({})
    project.commit({"a.py": UNDEFINED, "b.py": CLEAN})
    first = review()
    again = review()
    project.commit({"b.py": CLEAN + "\n\nquadruple = double(double(1))\n"})
    pushed = review(base="HEAD~2")

    assert not step(first, "code_quality").cached
    assert step(again, "code_quality").cached
    assert step(again, "code_quality").findings == step(first, "code_quality").findings
    used = {use.tool: use for use in step(pushed, "code_quality").used}
    assert used["ruff"].cached_files == 1
    assert used["ruff"].files == 2
    assert [f.path for f in pushed.counted] == ["a.py"]


def test_without_the_cache_every_tool_looks_again(project, review):
    project.commit({})
    project.commit({"a.py": CLEAN})
    review()

    assert not step(review(cache=False), "code_quality").cached


def test_uncommitted_work_can_be_reviewed(project, review):
    project.commit({"a.py": CLEAN})
    project.write({"a.py": UNDEFINED, "new.py": "import os\n"})
    verdict = review(head="WORKTREE", base="HEAD", skip=("test_coverage",))

    assert {f.rule for f in verdict.counted} >= {"ruff/F821", "ruff/F401"}
    assert project.git("status", "--porcelain") == "M a.py\n?? new.py"


def test_who_follows_hears_everything_and_can_still_read_the_sources(project, review):
    project.commit({})
    project.commit({"a.py": CLEAN})
    heard = Heard()
    token = AUDIENCE.set(heard)
    review(only=("code_quality",))
    AUDIENCE.reset(token)

    assert heard.words[0] == ("prepared", 1, ("code_quality", "final_review"))
    assert heard.words[1:-1] == [
        ("started", "code_quality"),
        ("finished", "code_quality"),
        ("started", "final_review"),
        ("finished", "final_review"),
    ]
    assert heard.words[-1] == ("decided", Answer.PASSED, CLEAN)


def test_a_wrong_question_is_refused(project, review):
    project.commit({})

    with pytest.raises(CannotReview, match="unknown revision 'nope'"):
        review(base="nope")


def test_a_tool_that_does_not_look_never_passes(project, review):
    project.commit({})
    project.commit({"deep.py": "x = " + "(" * 12_000 + ")" * 12_000 + "\n", "a.py": UNDEFINED})
    verdict = review(policy=ReviewPolicy(fail_on=None), skip=("test_coverage",))

    assert verdict.answer is Answer.DID_NOT_LOOK
    assert any("deep.py" in report.reason for report in verdict.reports)
    assert "ruff/F821" in {f.rule for f in verdict.counted}


async def on_the_server(name):
    async with get_client() as client:
        (run,) = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate({"name": {"any_": [name]}}),
            sort=FlowRunSort.START_TIME_DESC,
        )
        here = {"flow_run_id": {"any_": [str(run.id)]}}
        artifacts = await client.read_artifacts(artifact_filter=ArtifactFilter.model_validate(here))
        for _ in range(300):
            logs = await client.read_logs(
                LogFilter.model_validate(here), sort=LogSort.TIMESTAMP_ASC
            )
            if any("final_review" in log.message for log in logs):
                break
            await asyncio.sleep(0.1)
        return run, {artifact.type: artifact for artifact in artifacts}, logs


def test_people_see_a_named_run_progress_findings_and_the_verdict(project, review):
    project.commit({})
    project.commit({"a.py": UNDEFINED})
    review(name="shop/till@abc1234", skip=("test_coverage",))

    run, artifacts, logs = asyncio.run(on_the_server("shop/till@abc1234"))

    assert run.state.name == "Completed"
    assert artifacts["progress"].data == 100.0
    assert artifacts["progress"].key == "progress-shop-till"
    assert "ruff/F821" in artifacts["table"].data
    assert "Failed" in artifacts["markdown"].data
    assert "data:image/svg" in artifacts["markdown"].data
    said = [log.message for log in logs]
    assert "code_quality: 1 finding" in said
    assert "final_review: clean" in said
    assert not any("halve" in message for message in said)  # tool output is not dumped


def test_progress_ends_with_the_whole_when_the_last_step_ends_while_another_is_told():
    @flow
    async def two_steps():
        async with progress_of("two", 2) as moved:
            moved("a")
            await asyncio.sleep(0.001)  # now it is being told
            moved("b")

    async def told():
        async with get_client() as client:
            wanted = ArtifactFilter.model_validate({"key": {"any_": ["progress-two"]}})
            return [one.data for one in await client.read_artifacts(artifact_filter=wanted)]

    asyncio.run(two_steps())
    assert asyncio.run(told()) == [100.0]


@pytest.fixture
def cancel_at_once(project):
    def review(**values):
        class Cancels(Heard):
            """Cancels the run as soon as it knows what to look at."""

            def prepared(self, change, plan):
                super().prepared(change, plan)
                with get_client(sync_client=True) as client:
                    run = FlowRunContext.get().flow_run.id
                    client.set_flow_run_state(run, Cancelling(message="no need"))

        audience = Cancels()

        async def run():
            AUDIENCE.set(audience)
            return await review_change(
                name="project@head",
                repository=str(project.folder),
                base="HEAD~1",
                head="HEAD",
                cache=False,
                return_state=True,
                **values,
            )

        return asyncio.run(run()), [word for word, *_ in audience.words]

    return review


def test_one_that_somebody_cancels_ends_and_says_no_verdict(project, cancel_at_once, tmp_path):
    project.commit({"a.py": CLEAN})
    project.commit({"a.py": UNDEFINED, "tests/test_slow.py": SLOW.format(folder=str(tmp_path))})

    state, words = cancel_at_once(policy=ReviewPolicy(**OURS), only=("test_coverage",))

    assert (state.type.value, state.message) == ("CANCELLED", "no need")
    assert "decided" not in words
    assert not alive(int((tmp_path / "pid").read_text()))


def test_one_that_is_cancelled_when_its_work_is_as_good_as_done_is_cancelled_too(
    project, cancel_at_once
):
    project.commit({"a.py": CLEAN})
    project.commit({"a.py": UNDEFINED})

    state, _ = cancel_at_once(only=("code_quality",))

    assert (state.type.value, state.message) == ("CANCELLED", "no need")
