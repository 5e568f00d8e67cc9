"""Steps that lose values need consent, be it for a pack or for a sealed plan."""

from contextlib import closing
from pathlib import Path

import pytest

from runtime.storage.database import Database
from tests.unit.change.packs import DEAL, Trellis, make_pack, write

STAGED = DEAL + "  stage: {type: picklist, picklist: stages}\n"
STAGES = "values: {open: {label: Open}, lost: {label: Lost}, gone: {label: Gone}}\n"
MERGED = "values: {open: {label: Open}, lost: {label: Lost, was: gone}}\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack whose picklist has three values."""
    folder = make_pack(tmp_path / "acme")
    write(folder, STAGED)
    (folder / "schemas" / "picklists").mkdir()
    stages(folder, STAGES)
    return folder


@pytest.fixture
def trellis(database_url: str, tmp_path: Path, pack: Path) -> Trellis:
    """Commands on a database whose records use the value that is to be merged."""
    trellis = Trellis(database_url, tmp_path)
    assert trellis("apply", pack, "--yes")[0] == 0
    with closing(Database.open(database_url)) as database, database.write() as tx:
        insert = "INSERT INTO deals (id, version, stage) VALUES (98, 1, 'gone'), (99, 1, 'open')"
        tx.connection.exec_driver_sql(insert)
    stages(pack, MERGED)
    return trellis


def stages(pack: Path, text: str) -> None:
    """Save the picklist."""
    (pack / "schemas" / "picklists" / "stages.yaml").write_text(text)


def test_a_pack_that_loses_values_is_applied_with_consent_only(trellis, pack):
    code, said = trellis("apply", pack, "--yes")
    assert code == 3
    assert "error P113 schemas/picklists/stages.yaml:1" in said
    assert "this would lose values: " in said
    assert "say --accept-lossy when that is what you want" in said
    assert trellis("history")[1].startswith("    1 ")
    code, said = trellis("apply", pack, "--yes", "--accept-lossy")
    assert (code, said.splitlines()[-1]) == (0, "Applied as revision 2.")


def test_a_sealed_plan_that_loses_values_is_applied_with_consent_only(trellis, pack, tmp_path):
    plan = tmp_path / "plan.json"
    code, said = trellis("plan", pack, "-o", plan)
    assert code == 0
    assert "lossy, 1 record" in said
    assert trellis("apply", plan)[0] == 3
    assert trellis("apply", plan, "--accept-lossy")[0] == 0
