"""Every operator, of every type of field, comes back from the builder's form as it went in."""

from datetime import date, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from runtime.expressions.filters.base import Row, kinds_of
from runtime.expressions.tree import Attribute
from tests.support.builder import press, where
from tests.support.expression_trees import alike
from tests.support.screens import make

PACK = """
    schemas/modules/makers.yaml:
      title: name
      fields:
        name: {type: text}
        address: {type: address}
    schemas/modules/things.yaml:
      title: name
      fields:
        name: {type: text}
        note: {type: long_text}
        rich: {type: rich_text}
        seats: {type: integer}
        size: {type: decimal, scale: 3}
        price: {type: money}
        share: {type: percent}
        active: {type: boolean}
        day: {type: date}
        moment: {type: datetime}
        hour: {type: time}
        length: {type: duration}
        email: {type: email}
        phones: {type: phone, many: true}
        site: {type: url}
        land: {type: country}
        stage: {type: picklist, picklist: stage}
        topics: {type: multi_picklist, picklist: stage}
        words: {type: tags}
        maker: {type: relation, module: makers}
        makers: {type: relations, module: makers}
        about: {type: any_relation}
        seller: {type: user}
        sellers: {type: relations, module: users}
        papers: {type: files}
        picture: {type: image}
        colour: {type: color}
        stars: {type: rating}
        place: {type: geo}
        data: {type: json}
        code: {type: barcode}
    schemas/picklists/stage.yaml:
      values:
        open: {kind: open, chance: 10, hot: false}
        won: {kind: won, chance: 100, hot: true}
"""
PATHS = ("maker.name", "maker.address.city", "stage.kind", "stage.chance", "stage.hot", "owner", "created_at")
VALUES = {
    "number": Decimal("-12.50"),
    "date": date(2026, 1, 31),
    "datetime": date(2026, 1, 31),
    "time": time(9, 30),
    "duration": timedelta(days=2, hours=3),
    "choice": "won",
    "choices": "open",
    "words": "a 'quoted' word",
    "text": "50 % of \\ it's <b>",
}

pytestmark = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
def app(crm):
    return crm(PACK)


def rows(live, module, record):
    """A row of each operator for each field."""
    for path in (*module.fields, *PATHS):
        node = live.conditions.field(path, live.scope(module))
        assert node is not None, path
        kind = live.types[module.fields[path].type] if path in module.fields else None
        for operator in live.conditions.asked_of(node):
            if kind is not None and operator.needs and operator.needs not in kind.operators:
                continue
            one = _value(node, path, record)
            given = {"n": 7, "values": (one,)}
            values = {hole: given.get(hole, one) for hole in operator.shape.holes}
            yield Row(path, operator.name, values)


def _value(node, path, record):
    if isinstance(node, Attribute):
        return 100 if node.name == "chance" else "won"
    kinds = kinds_of(node)
    if kinds & {"record", "records"}:
        return record
    if path == "land":
        return "FI"
    return next((value for kind, value in VALUES.items() if kind in kinds), None)


def test_what_the_form_is_given_it_gives_back(app):
    live, browser = app.site.live, app.sign_in()
    module = live.catalog.modules["things"]
    maker = make(app, "makers", name="Acme")
    seen = set()
    for row in rows(live, module, maker):
        if row.operator in seen and not row.values:
            continue  # without a value there is no control that could bend it
        seen.add(row.operator)
        text = live.conditions.write(row)
        page = browser.get(f"/app/things/filter?{urlencode({'where': text})}")
        assert 'value="row:2"' in page.text, f"{text} is not shown as a row"
        shown = press(browser, page, "show")
        assert shown.status == 200, text
        back = live.condition(module, where(shown)).tree
        assert alike(back, live.condition(module, text).tree), (text, where(shown))
    assert seen == set(live.conditions.operators)
