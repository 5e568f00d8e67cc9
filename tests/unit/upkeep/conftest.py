"""Fixtures of these tests: a small CRM with records and files, and the commands of upkeep on it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.crm import App
from tests.unit.upkeep.desk import PACK, Desk


@pytest.fixture
def desk(crm: Callable[..., App], database_url: str, tmp_path: Path) -> Desk:
    """A running CRM with deals, their rows, and their files."""
    return Desk(crm(PACK), database_url, tmp_path)
