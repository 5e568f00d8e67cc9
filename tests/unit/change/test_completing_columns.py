"""A database of an earlier version gets the columns of the runtime's own tables that are new."""

from sqlalchemy import text

from runtime.change.completing import complete
from tests.support.rest import make

PACK = """
schemas/modules/deals.yaml:
  fields:
    name: {type: text}
    code: {type: text, default: "=concat('D-', name)"}
"""


def test_a_column_that_is_new_is_added_and_the_rows_that_stand_have_nothing_in_it(crm):
    app = crm(PACK)
    program, database = app.program(), app.site.database
    make(program, "deals", name="Old")
    with database.write() as tx:
        tx.connection.execute(text("ALTER TABLE trellis_change_log DROP COLUMN causes"))
    assert complete(database) == ("trellis_change_log.causes",)
    assert complete(database) == ()
    make(program, "deals", name="New")
    with database.read() as connection:
        found = connection.execute(
            text("SELECT causes FROM trellis_change_log WHERE module = 'deals' ORDER BY id")
        )
        before, after = found.scalars()
    assert before is None
    assert "default" in str(after)
