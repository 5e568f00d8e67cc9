"""The demo's records for tests, made by the operation that `trellis demo` works off."""

from runtime.automation.worker import Worker
from runtime.sites.demo import ask_filling
from runtime.sites.site import Site
from runtime.storage.operations import DONE, StoredOperation


def fill(site: Site, records: int) -> StoredOperation:
    """Fill a site, or go on with it; gives the operation, which is done."""
    operation_id = ask_filling(site, records)
    assert operation_id is not None, "there are records already"
    work(site)
    operation = look(site, operation_id)
    assert operation.state == DONE, operation
    return operation


def work(site: Site) -> None:
    """Do what waits, as a worker that has been started again does."""
    worker = Worker(site, site.background, "demo")
    worker.free()
    worker.drain()


def look(site: Site, operation_id: int) -> StoredOperation:
    """An operation as it stands."""
    with site.database.read() as connection:
        found = site.background.operations.find(connection, operation_id)
    assert found is not None
    return found
