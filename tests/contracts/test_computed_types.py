"""Whatever field type may be computed: what its formula gives is kept, and is the same when it is virtual."""

import pytest

from tests.support.crm import App, Program
from tests.support.field_types import TYPES
from tests.support.rest import make

COMPUTED = tuple(name for name, kind in TYPES.items() if kind.computable)
SETTINGS = {"picklist": ", picklist: stages"}


def pack() -> str:
    """A field of every such type, and beside it a stored and a virtual one that say the same."""
    lines: list[str] = []
    for name in COMPUTED:
        shape = f"type: {name}{SETTINGS.get(name, '')}"
        lines.append(f"      given_{name}: {{{shape}}}")
        lines.append(f"      kept_{name}: {{{shape}, formula: given_{name}}}")
        lines.append(f"      worked_{name}: {{{shape}, formula: given_{name}, virtual: true}}")
    fields = "\n".join(lines)
    return f"""
    pack.yaml:
      title: Types
      version: 1.0.0
      currency: EUR
      rates: {{USD: 1.08, JPY: 160}}
    schemas/picklists/stages.yaml:
      values: {{open: {{kind: open}}, won: {{kind: won}}}}
    schemas/modules/deals.yaml:
      fields:
        name: {{type: text}}
{fields.replace("      ", "        ")}
"""


@pytest.fixture
def rest(crm) -> Program:
    app: App = crm(pack())
    return app.program()


def test_what_may_be_computed_has_one_value(rest):
    assert len(COMPUTED) >= 14
    for name in COMPUTED:
        kind = TYPES[name]
        assert not any((kind.linked, kind.given, kind.hidden)), name


def test_every_type_keeps_and_shows_what_its_formula_gives(rest):
    made = set()
    for name in COMPUTED:
        known = (each for each in TYPES[name].examples if name == "picklist" or not each.settings)
        examples = [each.raw for each in known if isinstance(each.raw, str | int | dict)]
        for raw in examples:
            deal = make(rest, "deals", **{f"given_{name}": raw})
            assert deal[f"kept_{name}"] == deal[f"given_{name}"] == deal[f"worked_{name}"], (name, raw)
            made.add(name)
    empty = make(rest, "deals", name="Empty")
    for name in made:
        assert empty[f"kept_{name}"] is empty[f"worked_{name}"] is None
        for key in (f"kept_{name}", f"worked_{name}"):
            for sort in (key, f"-{key}"):
                listed = rest("GET", "/deals", params={"sort": sort, "fields": key, "limit": 1000}).json()[
                    "data"
                ]
                assert listed[-1][key] is None
            other = rest("GET", "/deals", params={"where": f"{key} != given_{name}"}).json()["data"]
            assert other == [], "it is asked for like what was given"
