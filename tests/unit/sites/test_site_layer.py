"""The site's own layer is in revisions only, and stays on top of whatever pack is applied below it."""

from runtime.base.clock import SystemClock
from runtime.change.apply import Applied, apply
from runtime.change.revisions import open_applied
from runtime.language.load import Loaded, load, load_sources
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


def test_what_is_saved_in_the_site_s_layer_while_a_pack_is_applied_is_kept(
    crm, database_url, tmp_path, monkeypatch
):
    app = crm(PACK)
    house, site = app.house, app.site
    file = app.folder / "schemas" / "modules" / "deals.yaml"
    file.write_text(file.read_text().replace("{type: text}", "{type: text, label: Title}"))
    read = load

    def save_in_the_browser(*given, **named):
        """The folder is read; before it is applied an administrator saves a layer of the site."""
        loaded = read(*given, **named)
        monkeypatch.undo()
        with site.database.read() as connection:
            applied = open_applied(connection)
        assert applied is not None
        mine = load_sources(
            (*applied.layers, OVERLAY), types=house.types, checks=house.checks, language=house.language
        )
        assert mine.catalog is not None
        done = apply(site.database, mine.catalog, mine.layers, house.types, SystemClock())
        assert isinstance(done, Applied)
        return loaded

    for apply_pack in (
        lambda: command(tmp_path, environment(database_url), "apply", str(app.folder), "--yes")[0] == 0,
        lambda: isinstance(site.apply_pack(), Applied),
    ):
        monkeypatch.setattr("runtime.language.load.load", save_in_the_browser)
        monkeypatch.setattr("runtime.sites.site.load", save_in_the_browser)
        assert apply_pack()
        site.refresh()
        labels = [str(site.live.catalog.modules["deals"].fields[key].label) for key in ("name", "size")]
        assert labels == ["Title", "Employees"]
        back = load(app.folder, types=house.types, checks=house.checks, language=house.language)
        file.write_text(file.read_text() + "        # again\n")
        assert back.catalog is not None
        assert isinstance(
            apply(site.database, back.catalog, back.layers, house.types, SystemClock()), Applied
        )
