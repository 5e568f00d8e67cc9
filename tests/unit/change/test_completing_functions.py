"""PostgreSQL's functions follow the program: a database of an earlier version gets them when it is opened."""

import pytest
from sqlalchemy import text

from runtime.change.completing import complete

pytestmark = pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
PACK = """
schemas/modules/deals.yaml:
  fields:
    name: {type: text}
"""


def test_functions_of_another_version_are_made_anew_and_only_then(crm):
    database = crm(PACK).site.database
    with database.write() as tx:
        tx.connection.execute(text("DROP FUNCTION trellis_slug(text)"))
    complete(database)
    with database.read() as connection, pytest.raises(Exception, match="trellis_slug"):
        connection.execute(text("SELECT trellis_slug('A b')"))
    with database.write() as tx:
        tx.connection.execute(text("UPDATE trellis_counters SET value = 1 WHERE key = 'functions'"))
    complete(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT trellis_slug('A b')")).scalar() == "a-b"
