"""Payloads as small as they may be, to be changed by tests."""

from __future__ import annotations

import json
from typing import Any

from tasks.core.inbound.delivery import Delivery

HEAD, BASE = "a" * 40, "b" * 40
UPDATED = "2026-03-01T12:00:00Z"

Json = dict[str, Any]

REPOSITORY: Json = {"id": 7, "full_name": "acme/shop"}
ADA: Json = {"login": "ada", "type": "User"}
BOT: Json = {"login": "prefect-review[bot]", "type": "Bot"}
PULL: Json = {
    "number": 5,
    "state": "open",
    "title": "Discounts",
    "updated_at": UPDATED,
    "user": ADA,
    "labels": [],
    "draft": False,
    "merged": False,
    "head": {"ref": "discounts", "sha": HEAD, "repo": REPOSITORY},
    "base": {"ref": "main", "sha": BASE, "repo": REPOSITORY},
}


def pull(action: str, **changes: Any) -> Json:
    return {
        "action": action,
        "number": 5,
        "pull_request": PULL | changes,
        "repository": REPOSITORY,
        "sender": ADA,
    }


def comment(body: str, user: Json | None = ADA, action: str = "created", **issue: Any) -> Json:
    return {
        "action": action,
        "issue": {"number": 5, "pull_request": {"url": "https://x"}} | issue,
        "comment": {"id": 99, "body": body, "user": user},
        "repository": REPOSITORY,
        "sender": user,
    }


def answer(body: str, action: str = "created") -> Json:
    return {
        "action": action,
        "pull_request": {"number": 5},
        "comment": {"id": 98, "body": body, "user": ADA},
        "repository": REPOSITORY,
        "sender": ADA,
    }


def check(external_id: object, action: str = "rerequested", head: str = HEAD) -> Json:
    return {
        "action": action,
        "check_run": {"id": 3, "head_sha": head, "external_id": external_id},
        "repository": REPOSITORY,
        "sender": ADA,
    }


def suite(*pulls: Json, action: str = "rerequested") -> Json:
    return {
        "action": action,
        "check_suite": {"id": 4, "head_sha": HEAD, "pull_requests": list(pulls)},
        "repository": REPOSITORY,
        "sender": ADA,
    }


def of_suite(number: int, head: str = HEAD, repository: int = 7) -> Json:
    """A pull request as a suite lists it."""
    return {"number": number, "head": {"sha": head}, "base": {"repo": {"id": repository}}}


def delivery(event: str, payload: object) -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Delivery("72d3162e-cc78-11e3-81ab-4c9367dc0958", event, body)
