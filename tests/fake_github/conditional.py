"""Requests for what has changed only: the ETag of an answer, and 304 where it is still so.

An ETag holds for one token: https://github.com/github/docs/issues/34689.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus

from tests.fake_github.routing import Answer


def conditional(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """Return an answer with its mark, or 304 where the request had that: this one is free."""
    if answer.status == HTTPStatus.OK and answer.body is not None:
        told = [asked.get("Authorization", ""), answer.body]
        answer.headers["ETag"] = f'W/"{hashlib.sha256(json.dumps(told).encode()).hexdigest()}"'
        if answer.headers["ETag"] == asked.get("If-None-Match"):
            # and no Link, so whoever asks has to remember whether there are more pages
            kept = {name: text for name, text in answer.headers.items() if name != "Link"}
            return Answer(HTTPStatus.NOT_MODIFIED, None, kept)
    return answer
