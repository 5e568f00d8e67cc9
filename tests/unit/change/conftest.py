"""Fixtures of these tests: a site on an empty database of each engine, and one that has deals."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime.storage.database import Database
from tests.unit.change.renaming import Renaming
from tests.unit.change.site import Site, deals


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    """A site whose database is empty."""
    with closing(Database.open(database_url, pool=4)) as opened:
        yield Site(opened)


@pytest.fixture
def running(site: Site) -> Site:
    """A site that has deals and accounts, without records."""
    site.applied(deals())
    return site


@pytest.fixture
def renaming(site: Site, tmp_path: Path) -> Renaming:
    """A database to which a small pack of deals and accounts is applied."""
    made = Renaming(site, tmp_path)
    made.apply()
    return made
