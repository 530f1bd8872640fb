"""REST: reactions to comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fake_github.reacting import CONTENTS, Reaction
from tests.fake_github.routing import Answer, Request, invalid
from tests.fake_github.shapes import user
from tests.fake_github.state import Comment


def lister(find: Callable[[Request], Comment]) -> Callable[[Request], Answer]:
    """How the reactions to a comment are listed."""

    def answer(request: Request) -> Answer:
        wanted = request.query.get("content", "")
        found = [one for one in find(request).reactions if wanted in {"", one.content}]
        return request.page(found, lambda one: _shape(request, one))

    return answer


def creator(find: Callable[[Request], Comment]) -> Callable[[Request], Answer]:
    """How one is made; it answers 200 to who has made it before."""

    def answer(request: Request) -> Answer:
        comment, me, content = find(request), request.caller.account, request.body.get("content")
        if content not in CONTENTS:
            raise invalid("Reaction", "content", "invalid", f"{content} is no reaction")
        for one in comment.reactions:
            if one.account is me and one.content == content:
                return Answer(200, _shape(request, one))
        made = Reaction(request.hub.next_id(), me, str(content), request.hub.now())
        comment.reactions.append(made)
        return Answer(201, _shape(request, made))

    return answer


def _shape(request: Request, reaction: Reaction) -> dict[str, Any]:
    """A `reaction`."""
    return {
        "id": reaction.id,
        "node_id": reaction.node_id,
        "user": user(request.hub, reaction.account),
        "content": reaction.content,
        "created_at": reaction.created_at,
    }
