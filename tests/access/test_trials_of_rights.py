"""Tests of a configuration tell of rights what holds: who sees what, finds what, and makes what."""

from runtime.cli._trying import read_suite, try_cases
from runtime.language.load import load
from tests.access.office import Office, office

__all__ = ["office"]

SUITE = """
rights:
  given:
    users.ann: {role: seller}
    users.ben: {role: seller}
    deals.open: {name: Open, owner: =ann, note: noted, cost: 5}
    deals.won: {name: Won, owner: =ann, note: noted, stage: won}
    deals.his: {name: His, owner: =ben}
  as: ann
  then:
    - sees: {open: [name, amount], won: [note]}
    - hides: {open: [note, cost], won: [cost], his: [name]}
    - finds: {deals.all: [open, won]}
    - finds: {deals.all: [won]}
      as: helper
    - hides: {open: [name]}
      as: helper
    - can: {create: deals}
    - cannot: {create: deals}
      as: helper
"""


def test_what_a_suite_says_of_the_rights_of_a_pack_holds(office: Office) -> None:
    pack, house = office.app.folder, office.app.house
    (pack / "tests").mkdir()
    (pack / "tests" / "rights.yaml").write_text(SUITE, encoding="utf-8")
    loaded = load(pack, types=house.types, checks=house.checks, language=house.language)
    suite = read_suite(pack, loaded, house)
    assert suite is not None
    assert [each.message for each in suite.diagnostics] == []
    (verdict,) = try_cases(loaded, suite.cases, house).verdicts
    assert [f"{each.expected}: {each.got}" for each in verdict.failures] == []
