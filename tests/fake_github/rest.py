"""REST: every call that the fake GitHub knows, and how one is answered."""

from __future__ import annotations

from tests.fake_github import (
    rest_accounts,
    rest_checks,
    rest_comments,
    rest_installations,
    rest_pulls,
    rest_reviews,
    rest_sarif,
    rest_statuses,
)
from tests.fake_github.routing import Answer, RefusedError, Request, Route, refused

ROUTES: tuple[Route, ...] = (
    *rest_accounts.ROUTES,
    *rest_installations.ROUTES,
    *rest_pulls.ROUTES,
    *rest_reviews.ROUTES,
    *rest_comments.ROUTES,
    *rest_checks.ROUTES,
    *rest_statuses.ROUTES,
    *rest_sarif.ROUTES,
)


def answer(method: str, request: Request) -> Answer:
    """Answer a request; what is not known is 404, and remembered as such."""
    for route in ROUTES:
        parts = route.parts(method, request.path)
        if parts is not None:
            request.parts = parts
            try:
                return route(request)
            except RefusedError as error:
                return error.answer
    request.hub.unknown.append(f"{method} {request.path}")
    return refused(404, f"The fake GitHub does not know {method} {request.path}")
