"""Keep tokens out of the log, also where somebody has set it to DEBUG.

PyGithub masks the header it authenticates with, but logs what GitHub answers - a fresh token,
when it has asked for one - and what was sent. requests, urllib3, httpx and httpcore log neither
(tests/tasks/forge/test_connection.py holds them to it).
"""

from __future__ import annotations

import logging

REQUEST = "%s %s://%s%s %s %s ==> %i %s %s"
"""How PyGithub 2.10 logs a request: verb, scheme, host, path, headers, body, status, headers,
body."""


def _only_what_was_asked(record: logging.LogRecord) -> bool:
    """Leave of a logged request what was asked and how it went."""
    if isinstance(record.args, tuple) and len(record.args) >= REQUEST.count("%"):
        verb, scheme, host, path, _, _, status, *_ = record.args
        record.msg, record.args = "%s %s://%s%s ==> %s", (verb, scheme, host, path, status)
    return True


def silence() -> None:
    """Let PyGithub log no header and no body."""
    logger = logging.getLogger("github.Requester")
    if _only_what_was_asked not in logger.filters:
        logger.addFilter(_only_what_was_asked)
