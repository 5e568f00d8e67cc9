"""What a computed field keeps of generated values is the same in Python, in SQLite and in PostgreSQL.

TRELLIS_CASES says how many are tried on each database; 300 if it says nothing.
"""

import os
from types import MappingProxyType

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from runtime.expressions.evaluation import AGGREGATES
from runtime.expressions.keeping import keeping
from runtime.model.catalog import Field
from runtime.model.types import DECIMAL, INTEGER, MONEY, PERCENT, TEXT
from tests.support.catalogs import field
from tests.support.expression_chance import DEALS, Chance, moment_of
from tests.support.expression_tables import nested
from tests.unit.expressions.test_differential_values import (
    LANGUAGE,
    PLACE,
    SCOPE,
    in_python,
    in_sql,
    looked_up,
    value,
)

CASES = int(os.environ.get("TRELLIS_CASES", "300"))
BATCH = 10
KINDS = MappingProxyType(
    {
        "whole": ("integer", "decimal", "money"),
        "number": ("decimal", "percent", "money"),
        "money": ("money",),
        "text": ("text",),
    }
)
CURRENCIES = (("EUR", "USD"), ("USD",), ("EUR", "USD", "JPY"), ("EUR", "USD", "KWD"), ("JPY", "EUR"))


def field_of(random, type_: str) -> Field:
    """A field of a type with settings by chance."""
    made = field("deals", "kept", type_)
    chosen: dict[str, object] = {"scale": random.choice((0, 2, 6, 12))}
    if type_ == "money":
        own = random.choice(CURRENCIES)
        chosen = {"currencies": own, "currency": own[0], "scale": 3 if "KWD" in own else 2}
    if type_ == "text":
        chosen = random.choice(({}, {"max": 3}, {"max": 255}))
    types = {"integer": INTEGER, "decimal": DECIMAL, "percent": PERCENT, "money": MONEY, "text": TEXT}
    return Field(
        "kept", "deals", type_, made.label, types[type_], made.origin, settings=MappingProxyType(chosen)
    )


def test_what_a_field_keeps_is_the_same_in_python_and_in_sql(connection, tables):
    @settings(
        max_examples=max(CASES // BATCH, 1),
        deadline=None,
        derandomize="TRELLIS_CASES" not in os.environ,
        database=None,
        phases=[Phase.generate],
    )
    @given(random=st.randoms(use_true_random=True))
    def compare(random):
        records, moment = Chance(random).records(), moment_of(random)
        tables.fill(connection, records)
        nests = {id_: nested(tables, records, "deals", id_, 3, 3) for id_ in DEALS}
        for _ in range(BATCH):
            kind = random.choice(tuple(KINDS))
            text, to = value(kind, random), field_of(random, random.choice(KINDS[kind]))
            expression, _ = LANGUAGE.parse(text, PLACE, SCOPE, to.value_type)
            if expression is None:  # a number is no whole one
                continue
            tree = keeping(expression.tree, to)
            fetched = looked_up(connection, tables, tree, moment)
            plain = {id_: {**nests[id_], AGGREGATES: fetched[id_]} for id_ in DEALS}
            expected = in_python(tree, plain, moment)
            assert in_sql(connection, tables, tree, moment) == expected, (text, to.type, to.settings)

    compare()
