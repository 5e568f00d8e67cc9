"""Virtual fields in a database: they have no column, and a field may become one and cease to be."""

from pathlib import Path

from sqlalchemy import inspect as look

from runtime.model.catalog import Catalog
from tests.support.crm import write_pack
from tests.support.packs import load_pack

PACK = """
    schemas/modules/deals.yaml:
      fields:
        name: {type: text}
        amount: {type: money}
        due: {type: date}
"""


def deals(folder: Path, field: str) -> Catalog:
    """The pack with one more field."""
    loaded = load_pack(write_pack(folder / "pack", f"{PACK}        {field}\n"))
    assert loaded.catalog is not None, [one.message for one in loaded.diagnostics]
    return loaded.catalog


def columns(site) -> set[str]:
    with site.database.read() as connection:
        return {column["name"] for column in look(connection).get_columns("deals")}


def test_a_virtual_field_has_no_column(site, tmp_path):
    site.applied(deals(tmp_path, "late: {type: boolean, formula: due < today()}"))
    assert "late" not in columns(site)
    assert {"name", "amount", "amount__currency", "due"} <= columns(site)


def test_a_virtual_field_becomes_a_stored_one_and_one_of_another_type(site, tmp_path):
    site.applied(deals(tmp_path, "half: {type: money, formula: amount / 2, virtual: true}"))
    stored = deals(tmp_path, "half: {type: money}")
    assert site.whats(stored) == ["Add the field half to deals: the columns half and half__currency."]
    site.applied(deals(tmp_path, "half: {type: text, formula: upper(name), virtual: true}"))
    site.applied(stored)
    assert {"half", "half__currency"} <= columns(site)


def test_a_field_that_becomes_virtual_leaves_its_column_and_takes_it_up_again(site, tmp_path):
    site.applied(deals(tmp_path, "half: {type: money}"))
    site.add("deals", {"name": "One"})
    virtual = deals(tmp_path, "half: {type: money, formula: amount / 2, virtual: true}")
    assert site.whats(virtual) == []
    site.applied(virtual)
    assert "half" in columns(site)
    assert site.whats(deals(tmp_path, "half: {type: money}")) == []
