"""How long planning and applying take for a large configuration, and for a table with many records."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from runtime.change.apply import Applied
from tests.unit.change.site import Site
from tests.unit.storage.small import make_catalog

pytestmark = [pytest.mark.load, pytest.mark.timeout(300)]

KINDS = ("text", "integer", "decimal", "money", "date", "datetime", "boolean", "email", "long_text", "phone")
RECORDS = 100_000


def large(more: dict[str, Any] | None = None) -> Any:
    """A hundred modules of forty fields, four of them relations; the first has more."""
    modules = {
        f"m{module}": {
            "fields": {
                **{f"f{place}": {"type": KINDS[place % 10]} for place in range(36)},
                **{
                    f"r{place}": {"type": "relation", "module": f"m{(module * 7 + place * 13) % 100}"}
                    for place in range(4)
                },
                **(more or {} if module == 0 else {}),
            }
        }
        for module in range(100)
    }
    return make_catalog(modules)


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """The least of this process's own time that a call took; what others do on the machine does not count."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)


def test_a_large_configuration_and_a_large_table(site: Site) -> None:
    catalog = large()
    assert seconds(lambda: site.applied(catalog)) < 5
    assert seconds(lambda: site.plan(catalog), 3) < 1
    with site.database.write() as tx:
        tx.allocate_ids(RECORDS)
        tx.connection.exec_driver_sql(
            "INSERT INTO m0 (id, version, f0) WITH RECURSIVE n(i) AS"
            f" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RECORDS}) SELECT i, 1, 'Name ' || i FROM n"
        )
    added = large({"new": {"type": "text"}})
    planned = seconds(lambda: site.plan(added), 3)
    steps: list[float] = []
    outcome = site.apply(added, on_step=lambda _place, _step: steps.append(time.perf_counter()))
    assert time.perf_counter() - steps[0] < 1, "the step itself, and writing the revision"
    assert planned < 1
    assert len(steps) == 1
    assert isinstance(outcome, Applied)
    assert outcome.revision == 2
