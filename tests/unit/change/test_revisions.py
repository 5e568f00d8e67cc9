"""Revisions: what was applied is kept as text and read back as it was."""

import pytest

from runtime.change.revisions import history, latest_number, open_applied, read_revision
from tests.unit.change.site import LAYERS, NOW, deals


def test_an_empty_database_has_no_revision_and_stays_empty(site):
    assert site.revision() is None
    assert site.live.is_empty


def test_the_first_revision_is_1_and_keeps_every_file_of_every_layer(site):
    outcome = site.applied(deals())
    assert outcome.revision == 1
    revision = site.revision()
    assert revision.number == 1
    assert revision.layers == LAYERS
    assert revision.hash == outcome.plan.target_hash
    assert revision.names == outcome.plan.names
    assert revision.shape == outcome.plan.shape


def test_each_apply_is_one_more_revision_and_earlier_ones_stay(site):
    site.applied(deals())
    site.applied(deals({"size": {"type": "integer"}}))
    with site.database.read() as connection:
        assert latest_number(connection) == 2
        applied = open_applied(connection)
        assert applied is not None
        assert applied.number == 2
        assert "size" not in read_revision(connection, 1).shape.modules["deals"].fields
        with pytest.raises(KeyError, match="no revision 3"):
            read_revision(connection, 3)


def test_the_history_tells_who_when_and_what(site):
    site.applied(deals())
    site.applied(deals({"size": {"type": "integer"}}))
    with site.database.read() as connection:
        newest, first = history(connection)
    assert (newest.number, first.number) == (2, 1)
    assert (newest.applied_by, newest.applied_at) == ("ada@example.com", NOW)
    assert [step["what"] for step in newest.steps] == ["Add the field size to deals: the column size."]
    assert newest.steps[0]["at"] == {"file": "schemas/modules/deals.yaml", "line": 3}
