"""Tests of a configuration: what they say of a pack, on both databases, nothing sent and nothing kept."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

import runtime.cli
from runtime.assembly import House
from runtime.cli import main
from tests.support.crm import write_pack

ROOT = Path(__file__).parents[3]
Run = Callable[..., tuple[int, str]]

PACK = """
schemas/modules/deals.yaml:
  fields:
    name: {type: text, required: true}
    stage: {type: picklist, picklist: stage, default: open}
    amount: {type: money}
    reason: {type: text}
    closed_on: {type: date}
    note: {type: text}
  rules:
    lost: {when: stage == 'lost', show: [reason], require: [reason]}
  checks:
    positive: {check: is_empty(amount) or amount > 0, message: The amount is not positive.}
schemas/picklists/stage.yaml:
  values:
    open: {}
    won: {}
    lost: {}
schemas/filters/deals.yaml:
  open: {where: stage == 'open'}
  mine: {where: owner == user}
schemas/access/roles.yaml:
  boss: {profiles: [all]}
  seller: {under: boss, profiles: [sales]}
schemas/access/profiles/all.yaml:
  modules: {"*": {read: true, create: true, update: true, delete: true}}
schemas/access/profiles/sales.yaml:
  modules: {deals: {read: true, create: true, update: true}}
  fields: {deals.amount: {read: false}}
schemas/access/sharing.yaml:
  default: {deals: private}
schemas/workflows/won.yaml:
  module: deals
  trigger: {changed: stage}
  when: stage == 'won'
  steps:
    - if: amount > 100
      then: [{email: {template: won, to: boss@example.com}}]
      else: [{update: {set: {note: small}}}]
    - http: {url: "https://books.example.com/"}
    - wait: {for: 2 days}
    - update: {set: {closed_on: =today()}}
templates/mail/won.yaml:
  module: deals
  subject: "{{ name }} is won"
  text: Well done.
"""
GOOD = """
tests/deals.yaml:
  a large won deal is told, and closed two days later:
    given:
      deals.deal: {name: Big, amount: 1000}
    at: "2026-03-02 10:00"
    when:
      - {update: deal, set: {stage: won}}
      - {advance: 3 days}
    then:
      - deal.closed_on == date('2026-03-04')
      - mails == 1 and http == 1 and runs == 1
      - mailed: {to: boss@example.com, subject: Big is won}
  nothing of another test is left, and nothing is sent before anything is done:
    given:
      deals.deal: {name: Big, amount: 1000, stage: won}
    then:
      - mails == 0 and http == 0 and runs == 0
      - finds: {deals.open: []}
      - about: deal
        holds: number == none or id > 0
  sellers see what is theirs, and no amounts:
    given:
      users.ann: {role: seller}
      deals.mine: {name: Mine, amount: 5}
      deals.gone: {name: Gone, stage: lost, reason: Too dear}
      deals.theirs: {name: Theirs, owner: =bob}
      users.bob: {role: seller}
    as: ann
    then:
      - finds: {deals.mine: [mine, gone], deals.open: [mine]}
      - finds: {deals.open: [mine, theirs]}
        as: boss
      - sees: {mine: [name, stage], gone: [reason]}
      - hides: {mine: [amount, reason], theirs: [name]}
      - sees: {mine: [amount]}
        as: boss
      - can: {update: mine, set: {name: Ours}}
      - cannot: {update: theirs, set: {name: Ours}}
      - cannot: {delete: mine}
      - mine.name == 'Mine'
  what is wrong is refused:
    when: {create: deals, set: {name: Bad, amount: -1, stage: lost}}
    then:
      - refused: reason
  a deal comes back out of the bin:
    given:
      deals.deal: {name: Big}
    when: [{delete: deal}, {restore: deal}]
    then: [is_empty(deal.deleted_at)]
"""
BAD = """
tests/deals.yaml:
  wrong on purpose:
    given:
      deals.deal: {name: Big, amount: 1000}
    when: {update: deal, set: {stage: won}}
    then:
      - deal.stage == 'lost' or deal.amount < 7
      - mails == 0
      - can: {update: deal, set: {amount: -1}}
      - cannot: {delete: deal}
      - hides: {deal: [amount]}
      - finds: {deals.open: [deal]}
      - refused: amount
      - mailed: {to: nobody@example.com}
      - about: deal
        holds: contains(name, 'small')
  refused without a word:
    when: {create: deals.deal, set: {amount: 5}}
    then: [deal.amount == 5]
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: object) -> tuple[int, str]:
        out = io.StringIO()
        monkeypatch.setattr(runtime.cli, "_house", lambda: House({}, out, out))
        return main([str(word) for word in words]), out.getvalue()

    return run


def test_what_a_pack_says_of_itself_holds_on_both_databases(run: Run, tmp_path: Path, database_url: str):
    pack = write_pack(tmp_path / "pack", PACK + GOOD)
    code, text = run("test", pack, "--database", database_url)
    assert (code, text.splitlines()[0].split(" in ")[0]) == (0, "5 of 5 tests passed"), text


def test_the_standard_pack_does_what_its_tests_say(run: Run):
    code, text = run("test", ROOT)
    assert code == 0, text


@pytest.mark.parametrize("name", ["automation", "northwind"])
def test_the_examples_do_the_same_on_both_databases(run: Run, name: str, database_url: str):
    code, text = run("test", ROOT / "examples" / name, "--database", database_url)
    assert code == 0, text


def test_a_new_pack_brings_tests_that_pass(run: Run, tmp_path: Path):
    run("new", tmp_path / "acme")
    code, text = run("test", tmp_path / "acme")
    assert (code, "3 of 3 tests passed" in text) == (0, True), text


def test_what_does_not_hold_is_told_where_it_stands_with_what_was_got(
    run: Run, tmp_path: Path, database_url: str
):
    pack = write_pack(tmp_path / "pack", PACK + BAD)
    code, text = run("test", pack, "--database", database_url, "--format", "json")
    told = json.loads(text)
    failures = {each["line"]: each["got"] for case in told["tests"] for each in case["failures"]}
    assert (code, told["passed"], told["failed"]) == (1, 0, 2)
    assert failures == {
        6: "deal.stage = 'won', deal.amount = 1000.00 EUR",
        7: "mails = 1",
        8: "it is refused: The amount is not positive.",
        9: "it can be done",
        10: "visible: amount",
        11: "[]",
        12: "nothing is refused",
        13: "boss@example.com: Big is won",
        15: "name = 'Big'",
        17: "name: Name is required.",
    }


def test_the_report_shows_the_line_and_one_test_may_be_chosen(run: Run, tmp_path: Path):
    pack = write_pack(tmp_path / "pack", PACK + BAD)
    code, text = run("test", pack, "-k", "without a word")
    assert code == 1
    assert "error T201 tests/deals.yaml:17:" in text
    assert "0 of 1 tests passed" in text
    assert run("test", pack, "-k", "no such")[0] == 1


def test_build_servers_read_the_report(run: Run, tmp_path: Path):
    pack = write_pack(tmp_path / "pack", PACK + BAD)
    suite = ElementTree.fromstring(run("test", pack, "--format", "junit")[1])
    assert suite.attrib == {"name": "trellis", "tests": "2", "failures": "2"}
    assert [len(case.findall("failure")) for case in suite] == [9, 1]


def test_coverage_names_what_no_test_has_exercised(run: Run, tmp_path: Path):
    pack = write_pack(tmp_path / "pack", PACK + GOOD)
    told = json.loads(run("test", pack, "--coverage", "--format", "json")[1])["coverage"]
    missing = {(each["kind"], each["name"]) for each in told["missing"]}
    assert ("step", "won step 0.else.0 (update)") in missing
    assert ("step", "won step 0.then.0 (email)") not in missing
    assert ("role", "seller") not in missing
    assert ("rule", "deals.lost when it holds") not in missing


WRONG = """
tests/deals.yaml:
  wrong:
    given:
      deals.deal: {nam: Big}                  # T101
      deels.other: {name: Big}                # T101
      deals.this: {name: Big}                 # T101
      deals.more: {amount: many}              # T102
    as: buyer                                 # T101
    at: noon                                  # T105
    when:
      - {updat: deal}                         # T103
      - {advance: soon}                       # T105
      - {tool: press, on: deal}               # T101
    then:
      - deal.stag == 'won'                    # E106
      - shows: {deal: [name]}                 # T104
      - finds: {deals.opn: [deal]}            # T101
      - cannot: {delete: del}                 # T101
"""


def test_what_is_wrong_with_a_test_is_told_as_of_any_file(run: Run, tmp_path: Path):
    pack = write_pack(tmp_path / "pack", PACK + WRONG)
    expected = {
        (place, line.rpartition("# ")[2])
        for place, line in enumerate(WRONG.split("tests/deals.yaml:\n")[1].splitlines(), 1)
        if "# " in line
    }
    code, text = run("check", pack, "--format", "json")
    found = {(each["line"], each["code"]) for each in json.loads(text)["diagnostics"]}
    assert (code, found) == (1, expected)
    assert run("test", pack)[1].endswith("The pack has errors; nothing was tried.\n")


def test_names_of_before_are_followed(run: Run, tmp_path: Path):
    renamed = PACK.replace(
        "    amount: {type: money}", "    amount: {type: money}\n    worth: {type: money, was: value}"
    )
    test = """
tests/deals.yaml:
  by its earlier name:
    given:
      deals.deal: {name: Big, value: 7}
    then: [deal.value == 7]
"""
    assert run("test", write_pack(tmp_path / "pack", renamed + test))[0] == 0
