"""Fixtures of this room: a shop to query, on each engine."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from runtime.storage.database import Database
from tests.support.databases import Databases, Template
from tests.unit.storage.shop import Shop, attach_shop, fill


@pytest.fixture
def shop(databases: Databases, database_engine: str) -> Iterator[Shop]:
    """An empty shop in a database of its own."""
    template = Template("the shop of tests/unit/storage", fill)
    with databases.fresh(database_engine, template) as url, closing(Database.open(url, pool=2)) as database:
        yield attach_shop(database)
