"""Tests of the clean-up of files: what nobody holds goes, what is held, mentioned or new stays."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from runtime.base.clock import FrozenClock
from runtime.identity.actor import SYSTEM
from runtime.records.attachments import hang
from runtime.records.change import Change, Saved
from tests.support.crm import App
from tests.unit.automation.desk import NOW, Desk

PACK = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        papers: {type: files}
        cover: {type: relation, module: files}
"""


@pytest.fixture
def desk(crm: Callable[..., App]) -> Desk:
    """A site whose records hold files in both ways."""
    from tests.unit.automation.desk import Script

    clock = FrozenClock(NOW)
    app = crm(PACK, clock=clock)
    return Desk(app, clock, Script(), app.site.background)


def upload(desk: Desk, text: str) -> int:
    live, site = desk.app.site.live, desk.app.site
    parsing = live.parsing(SYSTEM, "rest")
    file_id = live.attachments.keep(site.database, site.files, "f", BytesIO(text.encode()), SYSTEM, parsing)
    for place in Path(site.settings.files).glob("*/*"):
        os.utime(place, (desk.clock.now().timestamp(),) * 2)
    return file_id


def save(desk: Desk, change: Change) -> int:
    live = desk.app.site.live
    with desk.app.site.database.write() as tx:
        (saved,) = live.writer.save(tx, [change], SYSTEM, live.parsing(SYSTEM, "rest"))
    assert isinstance(saved, Saved), saved
    return saved.id


def there(desk: Desk) -> set[int]:
    """The files that are not deleted."""
    table = desk.app.site.live.tables.module("files")
    with desk.app.site.database.read() as connection:
        rows = connection.execute(table.table.select().where(table.columns["deleted_at"][0].is_(None)))
        return {row.id for row in rows}


def contents(desk: Desk) -> int:
    return sum(1 for place in Path(desk.app.site.settings.files).glob("*/*") if place.is_file())


def clean(desk: Desk) -> dict[str, int]:
    operation = desk.start("clean_files")
    desk.worker().drain()
    result = desk.look(operation).result
    assert result is not None, desk.look(operation)
    counts: dict[str, int] = result["counts"]
    return counts


def test_what_nobody_holds_goes_after_a_day_and_its_content_after_a_month(desk: Desk):
    upload(desk, "unused")
    assert clean(desk) == {"deleted": 0, "discarded": 0}
    desk.clock.moment += timedelta(days=1, minutes=1)
    assert clean(desk) == {"deleted": 1, "discarded": 0}
    assert (there(desk), contents(desk)) == (set(), 1)
    desk.clock.moment += timedelta(days=31)
    assert clean(desk) == {"deleted": 0, "discarded": 1}
    assert contents(desk) == 0


def test_what_a_record_holds_stays_even_when_the_record_is_in_the_bin(desk: Desk):
    linked, pointed, free = upload(desk, "linked"), upload(desk, "pointed"), upload(desk, "free")
    held = save(desk, Change("items", {"name": "a", "papers": [linked]}))
    save(desk, Change("items", {"name": "b", "cover": pointed}))
    save(desk, Change("items", id=held, action="delete"))
    desk.clock.moment += timedelta(days=2)
    assert clean(desk)["deleted"] == 1
    assert there(desk) == {linked, pointed}
    assert free not in there(desk)


def test_what_an_operation_mentions_stays(desk: Desk):
    file_id = upload(desk, "name\nx\n")
    desk.start("import", {"module": "items", "files": {"file": file_id}})
    desk.worker().drain()
    desk.clock.moment += timedelta(days=2)
    assert clean(desk)["deleted"] == 0


def test_content_that_is_uploaded_again_stays(desk: Desk):
    upload(desk, "same")
    desk.clock.moment += timedelta(days=2)
    again = upload(desk, "same")
    assert clean(desk) == {"deleted": 1, "discarded": 0}
    assert there(desk) == {again}
    assert contents(desk) == 1


def test_content_of_an_upload_that_never_got_its_record_goes(desk: Desk):
    desk.app.site.files.keep(BytesIO(b"lost"))
    left = Path(desk.app.site.settings.files) / "incoming-left"
    left.write_bytes(b"half")
    for place in (left, *Path(desk.app.site.settings.files).glob("*/*")):
        os.utime(place, (NOW.timestamp(),) * 2)
    desk.clock.moment += timedelta(days=2)
    assert clean(desk) == {"deleted": 0, "discarded": 1}
    assert not left.exists()


def test_the_clean_up_starts_by_itself_once_a_day(desk: Desk):
    worker = desk.worker()
    worker.tidy()
    worker.tidy()
    assert worker.drain() == 1
    worker.tidy()
    assert worker.drain() == 0
    desk.clock.moment += timedelta(days=1, minutes=1)
    worker.tidy()
    assert worker.drain() == 1


def test_a_file_that_hangs_on_a_record_by_itself_stays(desk: Desk):
    held = upload(desk, "held")
    alone = upload(desk, "alone")
    item = save(desk, Change("items", {"name": "Box"}))
    save(desk, hang("items", item, held))
    desk.clock.moment += timedelta(days=3)
    clean(desk)
    assert held in there(desk)
    assert alone not in there(desk)
