"""The fixture `crm`: a small CRM on a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from tests.unit.records.crm import Crm, make


@pytest.fixture
def crm(database_url: str) -> Iterator[Crm]:
    """The CRM, empty."""
    made = make(database_url)
    yield made
    made.database.close()
