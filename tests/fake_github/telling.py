"""What webhooks are told when something happens, and that it is told as GitHub describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tests.fake_github import descriptions, shapes_hooks
from tests.fake_github.access import Caller
from tests.fake_github.accounts import Account, App, node_id
from tests.fake_github.hooks import Hook
from tests.fake_github.shapes import Json, repository, user
from tests.fake_github.shapes_pulls import (
    full_pull_request,
    issue_comment,
    pull_request,
    review_comment,
)
from tests.fake_github.state import CheckRun, CheckSuite, IssueComment, Pull, Repo, ReviewComment

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

ZEN = "Anything added dilutes everything else."


def of_pull(hub: Hub, pull: Pull, action: str, by: Account | None = None, **more: object) -> None:
    """Tell what happened to a pull request."""
    sender = by or pull.author or pull.repo.owner

    def payload() -> Json:
        shown = full_pull_request(hub, pull, Caller(sender, "classic"))
        return {"number": pull.number, "pull_request": shown, **more}

    _tell(hub, pull.repo, "pull_request", action, sender, payload)


def of_comment(hub: Hub, comment: IssueComment) -> None:
    """Tell of a comment on a pull request as a whole: to GitHub it is one on an issue."""
    pull = comment.pull

    def payload() -> Json:
        return {"issue": shapes_hooks.issue(hub, pull), "comment": issue_comment(hub, comment)}

    _tell(hub, pull.repo, "issue_comment", "created", comment.author, payload)


def of_line(hub: Hub, comment: ReviewComment) -> None:
    """Tell of a comment on a line, or of an answer to one."""
    pull = comment.thread.pull

    def payload() -> Json:
        shown = pull_request(hub, pull, Caller(pull.repo.owner, "classic"))
        return {"pull_request": shown, "comment": review_comment(hub, comment)}

    _tell(hub, pull.repo, "pull_request_review_comment", "created", comment.author, payload)


def of_check(hub: Hub, repo: Repo, run: CheckRun, by: Account) -> None:
    """Tell an App that somebody wants its check run once more."""

    def payload() -> Json:
        return {"check_run": shapes_hooks.check_with_suite(hub, repo, run)}

    _tell(hub, repo, "check_run", "rerequested", by, payload, run.app)


def of_suite(hub: Hub, repo: Repo, suite: CheckSuite, by: Account) -> None:
    """Tell an App that somebody wants all of its check runs once more."""

    def payload() -> Json:
        return {"check_suite": shapes_hooks.suite(hub, repo, suite)}

    _tell(hub, repo, "check_suite", "rerequested", by, payload, suite.app)


def of_installation(hub: Hub, app: App, repos: Iterable[Repo], *, new: bool) -> None:
    """Tell an App that it was installed, or on more repositories."""
    added = [shapes_hooks.installed(repo) for repo in repos]
    number = app.installed_on[added[0]["full_name"]]
    about = {
        "installation": shapes_hooks.installation(hub, app, number),
        "sender": user(hub, app.owner),
    }
    if new:
        event, what = "installation", {"action": "created", "repositories": added}
    else:
        event = "installation_repositories"
        what = {
            "action": "added",
            "repository_selection": "selected",
            "repositories_added": added,
            "repositories_removed": [],
            "requester": None,
        }
    for hook in hub.hooks:
        if hook.active and hook.app is app:
            _deliver(hub, hook, event, what | about)


def of_hook(hub: Hub, hook: Hook) -> None:
    """Tell a new webhook that there it is."""
    _deliver(hub, hook, "ping", {"zen": ZEN, "hook_id": hook.id, "hook": shapes_hooks.hook(hook)})


def _tell(
    hub: Hub,
    repo: Repo,
    event: str,
    action: str,
    by: Account | None,
    payload: Callable[[], Json],
    only: App | None = None,
) -> None:
    """Tell those who hear of it; where nobody does, no payload is made."""
    hooks = hub.listeners(repo, only)
    if not hooks:
        return
    sender = by or repo.owner
    about = {
        "action": action,
        **payload(),
        "repository": repository(hub, repo, Caller(sender, "classic")),
        "sender": user(hub, sender),
    }
    for hook in hooks:
        _deliver(hub, hook, event, about | _installation(hook.app, repo))


def _deliver(hub: Hub, hook: Hook, event: str, payload: Json) -> None:
    """Deliver a payload, and hold it against GitHub's description of it."""
    if hub.validator is not None:
        from tests.fake_github.webhook_schemas import wrong_with  # it takes a second, once

        try:
            hub.violations.extend(wrong_with(event, payload))
        except descriptions.UnobtainableError as missing:
            descriptions.demand_in_ci(missing)
    hub.deliver(hook, event, payload)


def _installation(of: App | None, repo: Repo) -> Json:
    if of is None:
        return {}
    number = of.installed_on[repo.full_name]
    return {"installation": {"id": number, "node_id": node_id("I", number)}}
