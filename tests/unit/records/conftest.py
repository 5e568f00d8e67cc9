"""The fixture `crm`: a small CRM on a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from tests.support.databases import Databases, Template
from tests.unit.records.crm import PACK, Crm, fill, open_crm


@pytest.fixture
def crm(databases: Databases, database_engine: str) -> Iterator[Crm]:
    """The CRM, empty."""
    with databases.fresh(database_engine, Template(f"records {PACK}", fill)) as url:
        made = open_crm(url)
        yield made
        made.database.close()
