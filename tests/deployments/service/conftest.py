"""One service for these tests, in a data folder of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deployments.service.serving import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.run("review", "down")
