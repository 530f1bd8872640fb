"""What was dismissed for a whole repository: kept as Prefect blocks, which people can delete."""

from __future__ import annotations

from collections.abc import Iterable

from prefect.client.orchestration import PrefectClient, get_client
from prefect.logging import get_logger
from pydantic import ValidationError

from blocks.dismissal import DismissedFinding, name_of
from tasks.core.dismissal import Dismissal

PAGE = 200
"""Documents of one answer: the server gives no more at once."""

MOST = 10_000
"""Documents of one repository that are read at all."""


async def remember(repository: str, dismissals: Iterable[Dismissal]) -> tuple[Dismissal, ...]:
    """Keep dismissals for every review of this repository; return those that were not known yet.

    Each has its whole fingerprint, rule and path (``tasks.core.dismissal.learned``). What is
    known already stays as it was said first. Doing it again changes nothing.
    """
    wanted = {said.fingerprint: said for said in dismissals}
    if not wanted:
        return ()
    async with get_client() as client:
        there = {said.fingerprint for said in await _known(client, repository)}
        new = tuple(said for mark, said in wanted.items() if mark not in there)
        for said in new:
            document = DismissedFinding.of(repository, said)
            # another review may have been faster
            await document.asave(document.name, overwrite=True, client=client)
    return new


async def known(repository: str) -> tuple[Dismissal, ...]:
    """Return what was dismissed for this repository: one call for each 200 of them."""
    async with get_client() as client:
        return await _known(client, repository)


async def _known(client: PrefectClient, repository: str) -> tuple[Dismissal, ...]:
    found: list[Dismissal] = []
    for offset in range(0, MOST, PAGE):
        response = await client.request(
            "POST",
            "/block_documents/filter",
            json={
                "block_types": {"slug": {"any_": [DismissedFinding.get_block_type_slug()]}},
                "block_documents": {"name": {"like_": name_of(repository)}},
                "offset": offset,
                "limit": PAGE,
            },
        )
        documents = response.raise_for_status().json()
        for document in documents:
            try:
                said = DismissedFinding.model_validate(document["data"])
            except ValidationError:  # people can write what they like in the UI
                get_logger(__name__).warning(
                    "The block dismissed-finding/%s is not followed: it lacks something, or its "
                    "fingerprint has not 16 digits; mend or delete it",
                    document["name"],
                )
                continue
            if said.repository.lower() == repository.lower():
                found.append(said.dismissal)
        if len(documents) < PAGE:
            break
    return tuple(found)
