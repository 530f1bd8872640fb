"""A finding that somebody dismissed for a whole repository: a document to read, and to delete."""

from __future__ import annotations

import re
from hashlib import sha256

from prefect.blocks.core import Block
from pydantic import Field

from tasks.core.dismissal import Dismissal, Scope

LONGEST = 80
"""Characters of a repository that are shown in a document's name."""


def name_of(repository: str) -> str:
    """Return how the names of a repository's documents begin: ``acme-shop-1f2e3d-``.

    Prefect takes lower case letters, digits and dashes; the digits of a hash keep apart what
    only differs in others.
    """
    # GitHub makes no difference between cases in the names of repositories
    plain = re.sub(r"[^a-z0-9]+", "-", repository.lower()).strip("-")[:LONGEST]
    return f"{plain}-{sha256(repository.lower().encode()).hexdigest()[:6]}-"


class DismissedFinding(Block):
    """A finding that need not be mended in this repository. Delete it, and the finding is back."""

    _block_type_name = "Dismissed finding"
    _block_type_slug = "dismissed-finding"
    _description = (
        "A finding that somebody dismissed for a whole repository with `/review dismiss --always`."
        " Delete the document, and the finding counts again."
    )

    repository: str = Field(description="OWNER/NAME")
    rule: str = Field(description="tool/CODE")
    path: str = Field(description="The file it is in, from the root of the repository")
    fingerprint: str = Field(
        description="What the finding is known by: rule, path, its line and those beside it",
        pattern="^[0-9a-f]{16}$",
    )
    line_fingerprint: str = Field(default="", description="The same without the lines beside it")
    by: str = Field(default="", description="Who dismissed it")
    why: str = Field(default="", description="The reason given")
    at: str = Field(default="", description="When, in ISO 8601")

    @classmethod
    def of(cls, repository: str, said: Dismissal) -> DismissedFinding:
        """Return the document of a dismissal."""
        return cls(repository=repository, **said.model_dump(exclude={"scope"}))

    @property
    def name(self) -> str:
        """Return what its document is called."""
        return f"{name_of(self.repository)}{self.fingerprint}"

    @property
    def dismissal(self) -> Dismissal:
        """Return what it says, for the whole repository."""
        said = self.model_dump(include=set(Dismissal.model_fields))
        return Dismissal(**said, scope=Scope.REPOSITORY)
