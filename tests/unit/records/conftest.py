"""The fixtures `crm`, a small CRM on a fresh database of each kind, and `terminal`, which has commands."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.databases import Databases, Template
from tests.unit.records.chains import BOOKINGS, CHAINS
from tests.unit.records.crm import DYNAMIC, PACK, Crm, fill, open_crm
from tests.unit.records.terminal import Terminal


@pytest.fixture
def crm(databases: Databases, database_engine: str) -> Iterator[Crm]:
    """The CRM, empty."""
    with databases.fresh(database_engine, Template(f"records {PACK}", fill)) as url:
        made = open_crm(url)
        yield made
        made.database.close()


@pytest.fixture
def dynamic(databases: Databases, database_engine: str) -> Iterator[Crm]:
    """A CRM whose saves do something by themselves, empty."""
    template = Template(f"dynamic {DYNAMIC}", partial(fill, name="dynamic"))
    with databases.fresh(database_engine, template) as url:
        made = open_crm(url, "dynamic")
        yield made
        made.database.close()


@pytest.fixture
def chains(databases: Databases, database_engine: str) -> Iterator[Crm]:
    """A CRM whose computed fields follow each other over modules, empty."""
    template = Template(f"chains {CHAINS}", partial(fill, name="chains"))
    with databases.fresh(database_engine, template) as url:
        made = open_crm(url, "chains")
        yield made
        made.database.close()


@pytest.fixture
def bookings(databases: Databases, database_engine: str) -> Iterator[Crm]:
    """A CRM whose defaults, formulas and checks count over other records, empty."""
    template = Template(f"bookings {BOOKINGS}", partial(fill, name="bookings"))
    with databases.fresh(database_engine, template) as url:
        made = open_crm(url, "bookings")
        yield made
        made.database.close()


@pytest.fixture
def terminal(tmp_path: Path, database_url: str) -> Terminal:
    """A terminal on an applied pack."""
    made = Terminal(tmp_path, database_url)
    for name, text in PACK.items():
        made.write(f"pack/{name}", text)
    made.house.open_site(tmp_path / "pack").close()
    return made
