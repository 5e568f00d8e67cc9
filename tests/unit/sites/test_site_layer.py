"""The site's own layer is in revisions only, and stays on top of whatever pack is applied below it."""

from runtime.base.clock import SystemClock
from runtime.change.apply import Applied, apply
from runtime.change.revisions import open_applied
from runtime.language.load import Loaded, load
from runtime.language.packs import SITE, LayerFiles
from runtime.model.catalog import Layer
from tests.unit.upkeep.desk import command, environment

PACK = """
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text}
        size: {type: integer}
"""
OVERLAY = LayerFiles(
    Layer(SITE, "Site", "1.0.0", ""),
    {"schemas/modules/deals.yaml": "fields:\n  size: {label: Employees}\n"},
)


def test_the_sites_layer_stays_on_top_and_is_told_where_it_does_not_fit(crm, database_url, tmp_path):
    app = crm(PACK)
    house, site = app.house, app.site
    loaded = load(
        app.folder, above=(OVERLAY,), types=house.types, checks=house.checks, language=house.language
    )
    assert loaded.catalog is not None
    assert loaded.catalog.layers[-1].name == SITE
    assert isinstance(
        apply(site.database, loaded.catalog, loaded.layers, house.types, SystemClock()), Applied
    )
    site.refresh()
    told = environment(database_url)
    code, said = command(tmp_path, told, "plan", str(app.folder))
    assert (code, said) == (0, "Nothing to change. Revision 2 is this configuration.\n")
    file = app.folder / "schemas" / "modules" / "deals.yaml"
    written = file.read_text()
    file.write_text(written.replace("{type: text}", "{type: text, label: Title}"))
    assert isinstance(site.apply_pack(), Applied)
    assert [str(site.live.catalog.modules["deals"].fields[key].label) for key in ("name", "size")] == [
        "Title",
        "Employees",
    ]
    with site.database.read() as connection:
        applied = open_applied(connection)
    assert applied is not None
    assert applied.layers[-1] == OVERLAY
    file.write_text(written.replace("  size: {type: integer}\n", ""))
    code, said = command(tmp_path, told, "plan", str(app.folder))
    assert code == 1
    assert "error L111 site/schemas/modules/deals.yaml:2:3" in said
    assert isinstance(site.apply_pack(), Loaded)
    assert "size" in site.live.catalog.modules["deals"].fields
