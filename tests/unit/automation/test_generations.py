"""Jobs go on through an apply: what began on a revision ends on the next one, with every row once."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import text

from runtime.automation.context import Batch, Context
from runtime.automation.worker import Worker
from runtime.identity.actor import SYSTEM
from runtime.records import importing
from tests.support.crm import App, write_pack

BEFORE = """
    schemas/modules/items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
"""
AFTER = BEFORE + "        size: {type: integer, required: true, default: 3}\n"
ROWS = 10


def test_an_import_that_an_apply_comes_between_goes_on_with_the_new_revision(
    crm: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = crm(BEFORE)
    monkeypatch.setattr(importing, "BATCH", 4)
    landed: list[Batch] = []
    real = Context.landed

    def apply_after_the_first(self: Context, batch: Batch) -> None:
        real(self, batch)
        landed.append(batch)
        if len(landed) == 1:
            write_pack(app.folder, AFTER)
            other = app.house.open_site(app.folder)
            other.apply_pack()
            other.close()

    monkeypatch.setattr(Context, "landed", apply_after_the_first)
    operation = ask(app)
    Worker(app.site, app.site.background, "test").drain()
    with app.site.database.read() as connection:
        found = app.site.background.operations.find(connection, operation)
        items = connection.execute(text("SELECT name, size FROM items ORDER BY id")).all()
    assert found is not None
    assert (found.state, found.error) == ("done", None)
    assert [tuple(row) for row in items] == [(f"item {row}", 3) for row in range(ROWS)]
    assert app.site.live.revision == 2


def ask(app: App) -> int:
    """Have a file of items imported."""
    site = app.site
    content = "name\n" + "".join(f"item {row}\n" for row in range(ROWS))
    parsing = site.live.parsing(SYSTEM, "rest")
    file_id = site.live.attachments.keep(
        site.database, site.files, "items.csv", BytesIO(content.encode()), SYSTEM, parsing
    )
    with site.database.write() as tx:
        arguments = {"module": "items", "files": {"file": file_id}}
        return site.background.start(tx, "import", arguments, SYSTEM, "items.csv")
