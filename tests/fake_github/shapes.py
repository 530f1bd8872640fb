"""REST's JSON of accounts, repositories and Apps, complete as the description requires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fake_github.access import ROLES, Caller, may, role
from tests.fake_github.accounts import Account, App
from tests.fake_github.state import Repo

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

Json = dict[str, Any]

BEGINNING = "2020-01-01T00:00:00Z"

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
COUNTS = (
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
)


def user(hub: Hub, account: Account | None) -> Json | None:
    """A `simple-user`; None: the account is gone."""
    if account is None:
        return None
    url = f"{hub.api_url}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{hub.web_url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{hub.web_url}/{account.login}",
        **{name: url + rest for name, rest in USER_LINKS.items()},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def profile(hub: Hub, account: Account) -> Json:
    """A `public-user`."""
    shown = user(hub, account) or {}
    unknown = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
    none = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    return shown | unknown | none | {"created_at": BEGINNING, "updated_at": BEGINNING}


def repository(hub: Hub, repo: Repo, caller: Caller, *, full: bool = False) -> Json:
    """A `repository`, or a `full-repository`."""
    url, web = f"{hub.api_url}/repos/{repo.full_name}", f"{hub.web_url}/{repo.full_name}"
    shown: Json = {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(hub, repo.owner),
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "html_url": web,
        "description": None,
        "fork": repo.parent is not None,
        "url": url,
        **{name: url + rest for name, rest in REPOSITORY_LINKS.items()},
        "clone_url": f"{web}.git",
        "git_url": f"git:{web.partition(':')[2]}.git",
        "ssh_url": f"git@{web.partition('//')[2].partition(':')[0]}:{repo.full_name}.git",
        "svn_url": web,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": repo.default_branch,
        **dict.fromkeys(COUNTS, 0),
        "has_issues": True,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": repo.archived,
        "disabled": False,
        "topics": [],
        "pushed_at": BEGINNING,
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
        "permissions": rights(repo, caller),
    }
    if full:
        shown |= {"network_count": 0, "subscribers_count": 0}
    if full and repo.parent:
        shown["parent"] = shown["source"] = repository(hub, repo.parent, caller)
    return shown


def rights(repo: Repo, caller: Caller) -> dict[str, bool]:
    """What the caller may do, in the words of an older time."""
    level = ROLES.index(role(repo, caller.account))
    push = level >= ROLES.index("write") if caller.personal else may(caller, repo, "contents")
    return {
        "admin": caller.personal and level == ROLES.index("admin"),
        "maintain": False,
        "push": push,
        "triage": push,
        "pull": True,
    }


def app(hub: Hub, app_: App) -> Json:
    """An `integration`."""
    return {
        "id": app_.id,
        "slug": app_.slug,
        "node_id": app_.node_id,
        "owner": user(hub, app_.owner),
        "name": app_.name,
        "description": None,
        "external_url": f"{hub.web_url}/apps/{app_.slug}",
        "html_url": f"{hub.web_url}/apps/{app_.slug}",
        "created_at": BEGINNING,
        "updated_at": BEGINNING,
        "permissions": app_.permissions,
        "events": ["check_run", "issue_comment", "pull_request"],
    }
