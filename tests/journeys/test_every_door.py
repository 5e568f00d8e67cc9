"""Every door, the same record: what a save does by itself does not depend on who writes, and from where.

A new door joins with one function.
"""

import re
from argparse import ArgumentParser
from collections.abc import Callable

import pytest

from runtime.cli.import_ import ImportCommand
from tests.support.crm import App
from tests.support.screens import make, record, submit

PACK = """
    schemas/picklists/stages.yaml:
      values: {open: {kind: open}, won: {kind: won}, lost: {kind: lost}}
    schemas/picklists/grades.yaml:
      values: {bronze: {}, silver: {}, gold: {}}
    schemas/layouts/deals.yaml:
      card:
        process: stage
        tabs: {overview: {deal: {fields: [name, stage, prize, code, due, grade]}, loss: {fields: [why]}}}
      create: [name, stage]
    formulas/deals.yaml:
      doubled: {field: doubled, run: [create, chance], value: chance * 2}
      chance: {field: chance, run: [create, stage], value: "if_(stage == 'won', 100, 10)"}
    schemas/modules/deals.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        stage: {type: picklist, picklist: stages, default: open}
        code: {type: text, default: "=concat(upper(name), '-', year(due))", readonly: =not is_new}
        due: {type: date, required: true, default: =today() + days(5)}
        prize: {type: text, default: Cup}
        chance: {type: percent}
        doubled: {type: decimal}
        tripled: {type: decimal, formula: doubled * 1.5}
        tag: {type: text, formula: "concat(code, ' ', tripled)"}
        is_due: {type: boolean, formula: due >= today()}
        grade: {type: picklist, picklist: grades, default: bronze}
        won_on: {type: date}
        why: {type: text, required: true}
      rules:
        won: {when: stage.kind == 'won', show: [prize], require: [prize]}
        graded: {when: stage.kind == 'won', set: {grade: gold, won_on: =today()}, limit: {grade: [gold]}}
        lost: {when: stage.kind == 'lost', show: [loss]}
      checks:
        short: {check: len(name) <= 5, message: The name is too long., location: name}
"""
GIVEN = {"name": "Big", "stage": "won"}


def by_the_form(app: App) -> int:
    browser = app.sign_in()
    page = submit(browser, browser.get("/app/deals/new"), GIVEN)
    return int(page.path.rpartition("/")[2])


def by_the_dialog(app: App) -> int:
    browser = app.sign_in()
    browser.post("/app/deals/create", **GIVEN)
    return _latest(app)


def by_rest(app: App) -> int:
    return make(app, "deals", **GIVEN)


def by_a_batch(app: App) -> int:
    assert app.program()("POST", "/deals/batch", json={"create": [GIVEN]}).status_code == 200
    return _latest(app)


def by_an_import(app: App) -> int:
    file = app.folder / "deals.csv"
    file.write_text("name,stage\nBig,won\n")
    parser = ArgumentParser()
    ImportCommand().configure(parser)
    (app.folder / "map.yaml").write_text("columns: {name: name, stage: stage}\n")
    words = ["deals", str(file), "--map", str(app.folder / "map.yaml")]
    assert ImportCommand().run(parser.parse_args(words), app.house) == 0
    return _latest(app)


def in_its_place(app: App) -> int:
    number = make(app, "deals", name="Big")
    app.sign_in().post(f"/app/deals/{number}/field/stage", stage="won")
    return number


def by_the_process_bar(app: App) -> int:
    number = make(app, "deals", name="Big")
    browser = app.sign_in()
    submit(browser, browser.get(f"/app/deals/{number}"), {"stage": "won"}, key=f"/app/deals/{number}/process")
    return number


def by_a_restore(app: App) -> int:
    number = make(app, "deals", **GIVEN)
    browser = app.sign_in()
    browser.post(f"/app/deals/{number}/delete")
    browser.post(f"/app/deals/{number}/restore", at=f"/app/deals/{number}")
    return number


def by_an_undo(app: App) -> int:
    number = make(app, "deals", **GIVEN)
    browser = app.sign_in()
    page = browser.get(f"/app/deals/{number}")
    gone = submit(browser, page, {"stage": "open"}, key=f"/app/deals/{number}/process")
    assert record(app, "deals", number)["stage"] == "open"
    submit(browser, gone, key=re.findall(r'action="(/undo/\d+)"', gone.text)[0])
    return number


DOORS = (
    by_the_form,
    by_the_dialog,
    by_rest,
    by_a_batch,
    by_an_import,
    in_its_place,
    by_the_process_bar,
    by_a_restore,
    by_an_undo,
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_the_same_record_is_stored_by_every_door(crm, door: Callable[[App], int]):
    app = crm(PACK)
    kept = record(app, "deals", door(app))
    expected = record(app, "deals", make(app, "deals", **GIVEN))
    same = (
        *("name", "stage", "code", "due", "prize", "chance", "doubled", "tripled", "tag", "is_due"),
        *("grade", "won_on", "why"),
    )
    assert {key: kept[key] for key in same} == {key: expected[key] for key in same}
    assert (kept["chance"], kept["doubled"], kept["tripled"]) == ("100.00", "200.00", "300.00")
    assert (kept["grade"], kept["won_on"] is None, kept["why"]) == ("gold", False, None)
    assert kept["code"] == f"BIG-{kept['due'][:4]}"
    assert kept["tag"] == f"{kept['code']} 300"
    assert kept["is_due"]


def _latest(app: App) -> int:
    found = app.program()("GET", "/deals?sort=-id&limit=1").json()["data"]
    return int(found[0]["id"])
