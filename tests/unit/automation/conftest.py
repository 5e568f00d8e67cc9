"""The fixture `desk`: a site on a fresh database of each kind, with an operation that a test scripts."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.crm import App
from tests.unit.automation.desk import Desk, open_desk


@pytest.fixture
def desk(crm: Callable[..., App]) -> Iterator[Desk]:
    """The site and its operation."""
    with open_desk(crm) as made:
        yield made
