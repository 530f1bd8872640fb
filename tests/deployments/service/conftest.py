"""One service for these tests, in a data folder of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deployments.service.serving import Service
from tests.tables import folder_with_tables


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[Service]:
    service = Service(folder_with_tables("service", tmp_path_factory))
    yield service
    service.run("review", "down")
