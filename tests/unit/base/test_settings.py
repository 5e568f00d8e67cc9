"""What a process is told by its environment, and what it takes where nobody says."""

import pytest

from runtime.base.settings import Settings


@pytest.mark.parametrize(
    "environment, pool",
    [
        ({}, 4),
        ({"TRELLIS_DATABASE": "postgresql://localhost/crm"}, 8),
        ({"TRELLIS_POOL": "12"}, 12),
    ],
)
def test_how_many_requests_work_at_a_time_depends_on_the_database(environment, pool):
    assert Settings.read(environment).pool == pool
