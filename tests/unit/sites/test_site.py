"""A site opens on what was applied, and follows the program, the folder and other processes."""

from collections.abc import Callable

from sqlalchemy import update

from runtime.change.apply import Applied
from runtime.sites.site import Site
from tests.support.crm import App, write_pack

DEALS = """
    schemas/modules/deals.yaml:
      label: Deal
      title: name
      fields:
        name: {type: text, required: true}
"""


def test_a_saved_label_is_live_after_the_folder_is_applied(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    write_pack(app.folder, DEALS.replace("label: Deal", "label: Sale"))
    outcome = app.site.apply_pack()
    assert isinstance(outcome, Applied)
    assert str(app.site.live.catalog.modules["deals"].label) == "Sale"
    assert app.site.live.revision == 2


def test_a_broken_folder_leaves_the_last_good_revision_live(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    write_pack(app.folder, DEALS.replace("type: text", "type: txt"))
    app.site.apply_pack()
    assert app.site.live.revision == 1
    assert app.site.problems is not None
    assert [found.code for found in app.site.problems.diagnostics] == ["S107"]
    write_pack(app.folder, DEALS)
    app.site.apply_pack()
    assert app.site.problems is None


def test_a_revision_that_another_process_applied_is_noticed(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    other = app.house.open_site(app.folder)
    try:
        write_pack(app.folder, DEALS + "        amount: {type: money}\n")
        other.apply_pack()
    finally:
        other.close()
    assert app.site.refresh()
    assert "amount" in app.site.live.catalog.modules["deals"].fields
    assert not app.site.refresh()


def test_a_database_follows_a_program_whose_own_layer_has_changed(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    revisions = app.site.live.tables.revisions
    with app.site.database.write() as tx:
        tx.connection.execute(update(revisions).values(hash="of an older program"))
    site: Site = app.house.open_site(None)
    try:
        assert site.live.revision == 2
    finally:
        site.close()


def test_a_folder_that_differs_is_said_so_and_not_applied(crm: Callable[..., App]) -> None:
    app = crm(DEALS)
    write_pack(app.folder, DEALS.replace("label: Deal", "label: Sale"))
    site: Site = app.house.open_site(app.folder)
    try:
        assert "differs from revision 1" in site.notices[0]
        assert str(site.live.catalog.modules["deals"].label) == "Deal"
    finally:
        site.close()
