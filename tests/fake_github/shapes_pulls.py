"""REST's JSON of pull requests, reviews and comments."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.fake_github import git_state, lines
from tests.fake_github.access import Caller, association
from tests.fake_github.diffs import FileDiff
from tests.fake_github.reacting import rollup
from tests.fake_github.shapes import Json, repository, user
from tests.fake_github.state import IssueComment, Pull, Review, ReviewComment

if TYPE_CHECKING:
    from tests.fake_github.hub import Hub

LONG_PATCH = 20_000
"""Lines from which on a file has no `patch`."""


def pull_url(hub: Hub, pull: Pull) -> str:
    return f"{hub.api_url}/repos/{pull.repo.full_name}/pulls/{pull.number}"


def pull_page(hub: Hub, pull: Pull) -> str:
    return f"{hub.web_url}/{pull.repo.full_name}/pull/{pull.number}"


def pull_request(hub: Hub, pull: Pull, caller: Caller) -> Json:
    """A `pull-request-simple`."""
    url, page = pull_url(hub, pull), pull_page(hub, pull)
    repo = f"{hub.api_url}/repos/{pull.repo.full_name}"
    issue = f"{repo}/issues/{pull.number}"
    links = {
        "commits": f"{url}/commits",
        "comments": f"{issue}/comments",
        "statuses": f"{repo}/statuses/{pull.head_sha}",
        "review_comments": f"{url}/comments",
        "review_comment": f"{repo}/pulls/comments{{/number}}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": pull.node_id,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        **{f"{name}_url": link for name, link in links.items()},
        "_links": {n: {"href": link} for n, link in links.items()}
        | {"html": {"href": page}, "issue": {"href": issue}, "self": {"href": url}},
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user(hub, pull.author),
        "body": pull.body,
        "labels": [label(repo, name) for name in pull.labels],
        "milestone": None,
        "active_lock_reason": None,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.closed_at if pull.merged else None,
        "merge_commit_sha": pull.merge_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(hub, pull.head_repository, pull.head_ref, pull.head_sha, caller),
        "base": _end(hub, pull.repo.full_name, pull.base_ref, pull.base_sha, caller),
        "author_association": association(pull.repo, pull.author),
        "auto_merge": None,
        "draft": pull.draft,
    }


def full_pull_request(hub: Hub, pull: Pull, caller: Caller) -> Json:
    """A `pull-request`."""
    files = lines.changes(pull).values()
    base = lines.base_of(pull.repo.folder, pull, pull.head_sha)
    return pull_request(hub, pull, caller) | {
        "merged": pull.merged,
        "mergeable": None,  # as GitHub says while it has not looked
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": user(hub, pull.repo.owner) if pull.merged else None,
        "comments": len(pull.comments),
        "review_comments": len(pull.review_comments),
        "maintainer_can_modify": False,
        "commits": git_state.count(pull.repo.folder, base, pull.head_sha),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def label(repo_url: str, name: str) -> Json:
    """A label; they have no numbers here, but their names have one each."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    return {
        "id": number,
        "node_id": f"LA_{number}",
        "url": f"{repo_url}/labels/{quote(name)}",
        "name": name,
        "description": "",
        "color": "ededed",
        "default": False,
    }


def _end(hub: Hub, full_name: str, ref: str, sha: str, caller: Caller) -> Json:
    """The head or the base. The repository of a head is null where the fork is gone."""
    repo = hub.repositories.get(full_name)
    return {
        "label": f"{repo.owner.login if repo else 'unknown'}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(hub, repo.owner) if repo else None,
        "repo": repository(hub, repo, caller) if repo else None,
    }


def diff_entry(hub: Hub, pull: Pull, file: FileDiff) -> Json:
    """A file of a pull request; one that is binary or long has no `patch`."""
    name = quote(file.path, errors="surrogateescape")
    place = f"{pull.head_sha}/{name}"
    shown = {
        "sha": file.blob,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{hub.web_url}/{pull.repo.full_name}/blob/{place}",
        "raw_url": f"{hub.web_url}/{pull.repo.full_name}/raw/{place}",
        "contents_url": f"{hub.api_url}/repos/{pull.repo.full_name}/contents/{name}"
        f"?ref={pull.head_sha}",
    }
    if file.old_path != file.path:
        shown["previous_filename"] = file.old_path
    if file.patch and file.patch.count("\n") < LONG_PATCH:
        shown["patch"] = file.patch
    return shown


def review(hub: Hub, review_: Review) -> Json:
    """A `pull-request-review`; a pending one has no `submitted_at`."""
    pull = review_.pull
    page = f"{pull_page(hub, pull)}#pullrequestreview-{review_.id}"
    shown = {
        "id": review_.id,
        "node_id": review_.node_id,
        "user": user(hub, review_.author),
        "body": review_.body,
        "state": review_.state,
        "html_url": page,
        "pull_request_url": pull_url(hub, pull),
        "_links": {"html": {"href": page}, "pull_request": {"href": pull_url(hub, pull)}},
        "commit_id": review_.commit_id,
        "author_association": association(pull.repo, review_.author),
    }
    return shown | ({"submitted_at": review_.submitted_at} if review_.submitted_at else {})


def review_comment(hub: Hub, comment: ReviewComment) -> Json:
    """A `pull-request-review-comment`; `line` and `position` are null where it is outdated."""
    pull = comment.thread.pull
    url = f"{hub.api_url}/repos/{pull.repo.full_name}/pulls/comments/{comment.id}"
    page = f"{pull_page(hub, pull)}#discussion_r{comment.id}"
    line, first = hub.line(comment), comment.original_line
    made = comment.original_commit_id
    shown = {
        "url": url,
        "pull_request_review_id": comment.review.id,
        "id": comment.id,
        "node_id": comment.node_id,
        "diff_hunk": comment.diff_hunk,
        "path": comment.path,
        "position": lines.position_of(comment, pull.head_sha, line),
        "original_position": lines.position_of(comment, made, first) or 1,
        "commit_id": pull.head_sha if line else made,
        "original_commit_id": made,
        "user": user(hub, comment.author),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "html_url": page,
        "pull_request_url": pull_url(hub, pull),
        "author_association": association(pull.repo, comment.author),
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull_url(hub, pull)},
        },
        "start_line": hub.start_line(comment),
        "original_start_line": comment.original_start_line,
        "start_side": comment.start_side,
        "line": line,
        "original_line": first,
        "side": comment.side,
        "subject_type": "line" if first else "file",
        "reactions": rollup(url, comment.reactions),
    }
    return shown | ({"in_reply_to_id": comment.in_reply_to.id} if comment.in_reply_to else {})


def issue_comment(hub: Hub, comment: IssueComment) -> Json:
    """An `issue-comment`."""
    repo = f"{hub.api_url}/repos/{comment.pull.repo.full_name}"
    url = f"{repo}/issues/comments/{comment.id}"
    return {
        "id": comment.id,
        "node_id": comment.node_id,
        "url": url,
        "body": comment.body,
        "html_url": f"{pull_page(hub, comment.pull)}#issuecomment-{comment.id}",
        "user": user(hub, comment.author),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "issue_url": f"{repo}/issues/{comment.pull.number}",
        "author_association": association(comment.pull.repo, comment.author),
        "performed_via_github_app": None,
        "reactions": rollup(url, comment.reactions),
    }
