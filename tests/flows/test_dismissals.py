"""What is dismissed for a whole repository, on a real server: kept once, read fast, deletable."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from prefect import get_client
from prefect.client.orchestration import PrefectClient

from blocks import DismissedFinding
from tasks.core.dismissal import Dismissal, Scope
from tasks.dismissals import PAGE, known, remember


def word(number=0, **more):
    said = {
        "fingerprint": f"{number:016x}",
        "line_fingerprint": "1" * 16,
        "rule": "gitleaks/generic-api-key",
        "path": "tests/näh.py",
        "by": "mona",
        "why": "a <b>fixture</b> | of ours",
        "at": "2026-01-02T03:04:05Z",
        "scope": Scope.REPOSITORY,
    }
    return Dismissal(**{**said, **more})


async def names():
    async with get_client() as client:
        found = await client.read_block_documents_by_type("dismissed-finding")
        return {document.name for document in found}


def test_nothing_is_known_of_a_repository_nobody_has_said_anything_of():
    assert asyncio.run(known("nobody/nothing")) == ()
    assert asyncio.run(remember("nobody/nothing", [])) == ()


def test_what_was_said_is_known_in_the_next_review_and_in_no_other_repository():
    async def case():
        said = await remember("Acme/Shop.py", [word(1), word(2, line_fingerprint="", why="")])
        mine = await known("acme/shop.py")
        return said, mine, await known("acme/shop-py"), await known("acme/shop")

    said, mine, other, another = asyncio.run(case())
    assert set(said) == set(mine) == {word(1), word(2, line_fingerprint="", why="")}
    assert other == another == ()


def test_what_holds_for_a_pull_request_becomes_a_word_for_the_repository():
    async def case():
        await remember("acme/scope", [word(1, scope=Scope.PULL_REQUEST)])
        return await known("acme/scope")

    assert asyncio.run(case()) == (word(1),)


def test_saying_it_again_changes_nothing_and_the_first_word_stays():
    async def case():
        await remember("acme/again", [word(1)])
        before = await names()
        again = await remember("acme/again", [word(1, by="hubot", why="me too"), word(1)])
        both = await asyncio.gather(*(remember("acme/again", [word(2)]) for _ in range(3)))
        return again, both, await known("acme/again"), len(await names() - before)

    again, _, mine, more = asyncio.run(case())
    assert again == ()
    assert set(mine) == {word(1), word(2)}
    assert more == 1


def test_people_can_read_and_delete_it():
    async def case():
        await remember("acme/deleted", [word(1), word(2)])
        (name,) = [name for name in await names() if name.startswith("acme-deleted-")
                   and name.endswith("1")]  # fmt: skip
        document = await DismissedFinding.aload(name)
        await DismissedFinding.adelete(name)
        return document, await known("acme/deleted")

    document, left = asyncio.run(case())
    assert (document.repository, document.by, document.path) == (
        "acme/deleted", "mona", "tests/näh.py",
    )  # fmt: skip
    assert left == (word(2),)


def test_a_document_that_somebody_broke_is_said_and_the_others_are_followed(caplog):
    async def case():
        await remember("acme/broken", [word(1), word(2)])
        async with get_client() as client:
            (broken,) = [
                document
                for document in await client.read_block_documents_by_type("dismissed-finding")
                if document.name.startswith("acme-broken-") and document.name.endswith("1")
            ]
            await client.request(
                "PATCH", f"/block_documents/{broken.id}",
                json={"data": {"fingerprint": "all of them"}, "merge_existing_data": True},
            )  # fmt: skip
        return broken.name, await known("acme/broken")

    name, left = asyncio.run(case())
    assert left == (word(2),)
    assert f"dismissed-finding/{name} is not followed" in caplog.text


@pytest.fixture
def calls(monkeypatch):
    """Count what is asked of the server, by path."""
    seen: Counter[str] = Counter()
    request = PrefectClient.request

    async def counted(self, method, path, *arguments, **more):
        seen[path] += 1
        return await request(self, method, path, *arguments, **more)

    monkeypatch.setattr(PrefectClient, "request", counted)
    return seen


@pytest.mark.slow
def test_hundreds_of_them_are_read_in_a_few_calls(calls):
    async def case():
        many = [word(number) for number in range(PAGE + 50)]
        await remember("acme/many", many)
        calls.clear()
        return set(await known("acme/many")) == set(many)

    assert asyncio.run(case())
    assert calls == {"/block_documents/filter": 2}
