"""What is not reviewed is told why, and which setting says so; what is urgent goes first."""

from __future__ import annotations

import pytest

from tasks.core.context import PRContext, PullState
from tasks.core.forge.admission import priority_of, why_not
from tasks.core.plan import TaskPriority
from tasks.core.policy import PullRequestPolicy

DEFAULT = PullRequestPolicy()
BY_TITLE = PullRequestPolicy(ignore_titles=("*[[]skip review]*",))


def pull(**values) -> PRContext:
    default = {"repository": "o/r", "pr_number": 1, "base_branch": "main", "head_branch": "topic"}
    return PRContext(**{**default, "author": "mona", "title": "Add a shop", **values})


@pytest.mark.parametrize(
    ("context", "policy"),
    [
        (pull(), DEFAULT),
        (pull(bot=True), DEFAULT),
        (pull(draft=True), PullRequestPolicy(drafts=True)),
        (pull(labels=("bug",)), DEFAULT),
        (pull(labels=("no-review",)), PullRequestPolicy(ignore_labels=())),
        (pull(title="WIP [skip review] please"), DEFAULT),
        (pull(title="skip review of this"), BY_TITLE),
        (pull(title="[skip] review"), DEFAULT),
        (pull(), PullRequestPolicy(ignore_authors=("mon",))),
        (pull(), PullRequestPolicy(bases=("release/*", "MAIN"))),
        (pull(base_branch="release/1/2"), PullRequestPolicy(bases=("release/*",))),
        (pull(), PullRequestPolicy(paths=("docs/*", "src/*.py"))),
    ],
)
def test_what_nothing_speaks_against_is_reviewed(context, policy):
    assert why_not(context, policy, ["README.md", "src/deep/a.py"]) == ""


@pytest.mark.parametrize(
    ("context", "policy", "why"),
    [
        (pull(state=PullState.CLOSED), DEFAULT, "the pull request is closed"),
        (pull(state=PullState.MERGED), DEFAULT, "the pull request is merged"),
        (pull(draft=True), DEFAULT, "it is a draft (pull_requests.drafts)"),
        (
            pull(bot=True),
            PullRequestPolicy(bots=False),
            "its author is a bot (pull_requests.bots)",
        ),
        (
            pull(labels=("bug", "No-Review")),
            DEFAULT,
            "a label matches `no-review` (pull_requests.ignore_labels)",
        ),
        (
            pull(title="Add a shop [Skip Review] now"),
            BY_TITLE,
            "its title matches `*[[]skip review]*` (pull_requests.ignore_titles)",
        ),
        (
            pull(author="Renovate[bot]"),
            PullRequestPolicy(ignore_authors=("depend*", "renovate*")),
            "its author matches `renovate*` (pull_requests.ignore_authors)",
        ),
        (
            pull(base_branch="old"),
            PullRequestPolicy(bases=("main", "release/*")),
            "its base branch `old` is not among those that are reviewed (pull_requests.bases)",
        ),
        (
            pull(),
            PullRequestPolicy(paths=("docs/*",)),
            "it changes no path that is reviewed (pull_requests.paths)",
        ),
        (
            pull(state=PullState.CLOSED, draft=True, labels=("no-review",)),
            DEFAULT,
            "the pull request is closed",
        ),
    ],
)
def test_what_is_not_reviewed_is_told_why_and_by_which_setting(context, policy, why):
    assert why_not(context, policy, ["README.md"]) == why


@pytest.mark.parametrize("login", ["renovate", "renovate[bot]"])
@pytest.mark.parametrize("pattern", ["renovate", "Renovate[bot]", "*ovate", "*[[]bot]"])
def test_a_bot_is_known_by_its_name_with_and_without_what_github_adds(login, pattern):
    policy = PullRequestPolicy(ignore_authors=(pattern,))
    assert "pull_requests.ignore_authors" in why_not(pull(author=login, bot=True), policy)


@pytest.mark.parametrize("pattern", ["renovate[bot]", "*[[]bot]"])
def test_a_person_is_not_taken_for_the_bot_of_that_name(pattern):
    policy = PullRequestPolicy(ignore_authors=(pattern,))
    assert why_not(pull(author="renovate"), policy) == ""


def test_a_name_with_brackets_is_matched_by_itself():
    policy = PullRequestPolicy(ignore_labels=("kind[odd]",), paths=("app/[id]/page.tsx",))
    assert why_not(pull(), policy, ["app/[ID]/page.tsx"]) == ""
    assert why_not(pull(labels=("kind[odd]",)), policy) != ""


def test_paths_that_are_not_known_yet_are_no_reason():
    policy = PullRequestPolicy(paths=("docs/*",))
    assert why_not(pull(), policy) == ""
    assert why_not(pull(draft=True), policy) != ""
    assert why_not(pull(), policy, []) != ""


def test_every_setting_that_is_named_is_one():
    fields = set(PullRequestPolicy.model_fields)
    assert {"drafts", "bots", "ignore_labels", "ignore_titles", "ignore_authors"} <= fields
    assert {"bases", "paths", "priority", "priority_labels", "priority_branches"} <= fields


LEVELS = PullRequestPolicy(
    priority_labels={"p/low": "low", "p/*": "high", "now": "critical"},
    priority_branches={"*": "low", "fix/*": "high", "hotfix/*": "critical"},
    priority="medium",
)


@pytest.mark.parametrize(
    ("context", "policy", "level", "why"),
    [
        (pull(), DEFAULT, TaskPriority.MEDIUM, "as pull_requests.priority says"),
        (pull(), PullRequestPolicy(priority="low"), TaskPriority.LOW, "as pull_requests.priority"),
        (
            pull(labels=("Priority: Critical",)),
            DEFAULT,
            TaskPriority.CRITICAL,
            "a label matches `priority: critical` (pull_requests.priority_labels)",
        ),
        (
            pull(head_branch="Hotfix/deep/er"),
            DEFAULT,
            TaskPriority.CRITICAL,
            "its branch matches `hotfix/*` (pull_requests.priority_branches)",
        ),
        (
            pull(labels=("priority: low",), head_branch="hotfix/x"),
            DEFAULT,
            TaskPriority.LOW,
            "a label matches `priority: low`",
        ),
        (pull(labels=("p/low",)), LEVELS, TaskPriority.HIGH, "a label matches `p/*`"),
        (pull(labels=("p/low", "now")), LEVELS, TaskPriority.CRITICAL, "a label matches `now`"),
        (pull(), LEVELS, TaskPriority.LOW, "its branch matches `*`"),
        (pull(head_branch="fix/1"), LEVELS, TaskPriority.HIGH, "its branch matches `fix/*`"),
    ],
)
def test_a_label_goes_before_a_branch_and_the_most_urgent_first(context, policy, level, why):
    priority, reason = priority_of(context, policy)
    assert priority is level
    assert reason.startswith(why)
