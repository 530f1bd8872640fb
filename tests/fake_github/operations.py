"""What of GitHub's REST API a reviewer needs, and the stand-in knows: the names are GitHub's."""

from __future__ import annotations

PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
REVIEW = f"{PULL}/reviews/{{review_id}}"
LINE_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
CHECK = "/repos/{owner}/{repo}/check-runs/{check_run_id}"

OPERATIONS = (
    "GET /repos/{owner}/{repo}",
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "GET /repos/{owner}/{repo}/installation",
    "GET /repos/{owner}/{repo}/pulls",
    f"GET {PULL}",
    f"GET {PULL}/files",
    f"GET {PULL}/commits",
    f"GET {PULL}/reviews",
    f"POST {PULL}/reviews",
    f"GET {REVIEW}",
    f"PUT {REVIEW}",
    f"DELETE {REVIEW}",
    f"POST {REVIEW}/events",
    f"PUT {REVIEW}/dismissals",
    f"GET {REVIEW}/comments",
    f"GET {PULL}/comments",
    f"POST {PULL}/comments",
    f"POST {PULL}/comments/{{comment_id}}/replies",
    f"GET {LINE_COMMENT}",
    f"PATCH {LINE_COMMENT}",
    f"DELETE {LINE_COMMENT}",
    f"GET {LINE_COMMENT}/reactions",
    f"POST {LINE_COMMENT}/reactions",
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    f"GET {COMMENT}",
    f"PATCH {COMMENT}",
    f"DELETE {COMMENT}",
    f"GET {COMMENT}/reactions",
    f"POST {COMMENT}/reactions",
    "POST /repos/{owner}/{repo}/check-runs",
    f"GET {CHECK}",
    f"PATCH {CHECK}",
    f"GET {CHECK}/annotations",
    f"POST {CHECK}/rerequest",
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    "GET /repos/{owner}/{repo}/commits/{ref}/status",
    "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
    "POST /repos/{owner}/{repo}/statuses/{sha}",
    "POST /repos/{owner}/{repo}/code-scanning/sarifs",
    "GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}",
    "GET /user",
    "GET /rate_limit",
    "GET /app",
    "GET /app/installations",
    "GET /app/installations/{installation_id}",
    "GET /installation/repositories",
    "POST /app/installations/{installation_id}/access_tokens",
)
