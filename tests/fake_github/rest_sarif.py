"""REST: uploads to code scanning, which are looked at later."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import uuid
import zlib
from typing import Any

from tests.fake_github import git_state
from tests.fake_github.routing import Answer, RefusedError, Request, Route, not_found, refused
from tests.fake_github.state import Sarif

LARGEST = 10 * 1024**2
MOST_RESULTS = 25_000
"""Of a run: https://docs.github.com/en/code-security/reference/code-scanning/sarif-support"""

OFF = "Code Security must be enabled for this repository to use code scanning."
REF = re.compile(r"refs/(heads/.+|tags/.+|pull/\d+/(head|merge))")


def _unpack(packed: str) -> dict[str, Any]:
    """Return the log in an upload: gzip, then base64."""
    try:
        raw = base64.b64decode(packed, validate=True)
        if len(raw) > LARGEST:
            raise RefusedError(413, "Payload Too Large")
        log = json.loads(gzip.decompress(raw))
    except (binascii.Error, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise RefusedError(400, f"Invalid SARIF. {error}") from error
    if not isinstance(log, dict) or not isinstance(log.get("runs"), list):
        raise RefusedError(400, "Invalid SARIF. Missing runs.")
    return log


def upload(request: Request) -> Answer:
    sent, repo, sha = request.body, request.repo, request.body.get("commit_sha", "")
    if not repo.code_scanning:
        return refused(403, OFF)
    if git_state.commit_of(repo.folder, sha) != sha:
        return refused(404, f"Commit not found: {sha}")
    if not REF.fullmatch(sent.get("ref", "")):
        return refused(400, "ref must be fully qualified: refs/heads/..., refs/pull/...")
    log = _unpack(sent.get("sarif", ""))
    many = any(len(run.get("results", ())) > MOST_RESULTS for run in log["runs"])
    errors = [f"a run has more than {MOST_RESULTS} results"] if many else []
    made = Sarif(str(uuid.uuid4()), sha, sent["ref"], log, sent.get("tool_name", ""), errors=errors)
    repo.sarifs.append(made)
    return Answer(202, {"id": made.id, "url": _url(request, made)})


def _url(request: Request, upload_: Sarif) -> str:
    repo = request.repo.full_name
    return f"{request.hub.api_url}/repos/{repo}/code-scanning/sarifs/{upload_.id}"


def get_upload(request: Request) -> Answer:
    for one in request.repo.sarifs:
        if one.id == request.parts["sarif_id"]:
            return Answer(200, _progress(request, one))
    raise not_found()


def _progress(request: Request, upload_: Sarif) -> dict[str, Any]:
    if upload_.polls > 0:
        upload_.polls -= 1
        return {"processing_status": "pending"}
    if upload_.errors:
        return {"processing_status": "failed", "analyses_url": None, "errors": upload_.errors}
    url = _url(request, upload_).partition("/sarifs/")[0]
    return {
        "processing_status": "complete",
        "analyses_url": f"{url}/analyses?sarif_id={upload_.id}",
        "errors": None,
    }


SARIFS = "/repos/{owner}/{repo}/code-scanning/sarifs"
NEEDS = ("security_events",)
ROUTES = (
    Route("POST", SARIFS, upload, NEEDS),
    Route("GET", SARIFS + "/{sarif_id}", get_upload, NEEDS),
)
