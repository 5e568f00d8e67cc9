"""What one load has read of a file, the next one takes, and tells the same of it."""

import pytest

from runtime.assembly import House
from runtime.language.load import Loaded, load_sources
from runtime.language.packs import LayerFiles
from runtime.language.read import read
from runtime.language.shelf import Shelf
from runtime.language.source import Source
from runtime.model.catalog import Layer

HOUSE = House({})
PACK = "title: Acme\nversion: 1.0.0\n"
DEAL = "label: Deal\nfields:\n  name: {type: text}\n"
LEAD = "label: Lead\nfields:\n  name: {type: txt}\n"


def load(shelf: Shelf, **modules: str) -> Loaded:
    """A pack of these modules."""
    files = {"pack.yaml": PACK, **{f"schemas/modules/{key}.yaml": text for key, text in modules.items()}}
    layers = [LayerFiles(Layer("acme", "Acme", "1.0.0", "packs/acme"), files)]
    return load_sources(layers, types=HOUSE.types, checks=HOUSE.checks, language=HOUSE.language, shelf=shelf)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with the name of each file that is read."""
    seen: list[str] = []

    def noted(source: Source):
        seen.append(source.name)
        return read(source)

    monkeypatch.setattr("runtime.language.shelf.read", noted)
    return seen


def test_only_the_file_that_differs_is_read_again(reads):
    shelf = Shelf()
    first = load(shelf, deals=DEAL)
    assert "schemas/modules/deals.yaml" in reads
    reads.clear()
    second = load(shelf, deals=DEAL.replace("Deal", "Chance"))
    assert reads == ["schemas/modules/deals.yaml"]
    assert first.catalog is not None
    assert second.catalog is not None
    labels = [str(each.modules["deals"].label) for each in (first.catalog, second.catalog)]
    assert labels == ["Deal", "Chance"]
    assert second.catalog == load(Shelf(), deals=DEAL.replace("Deal", "Chance")).catalog


def test_what_is_wrong_is_told_each_time():
    shelf = Shelf()
    first, second = load(shelf, leads=LEAD), load(shelf, leads=LEAD)
    assert first.diagnostics
    assert first.diagnostics == second.diagnostics
