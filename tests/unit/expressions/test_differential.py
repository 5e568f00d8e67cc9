"""Generated expressions mean the same in Python, in SQLite and in PostgreSQL.

Hypothesis gives the chance (and its seed, when a case fails); values and expressions are drawn from it
evenly, where its own strategies would mostly repeat what is simplest. TRELLIS_CASES says how many expressions
are tried on each database; 300 if it says nothing.
"""

import os
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Moment, Scope
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN
from tests.support.catalogs import small_crm
from tests.support.condition_chance import condition
from tests.support.expression_chance import DEALS, Chance, moment_of
from tests.support.expression_tables import Joined, Tables, nested

CASES = int(os.environ.get("TRELLIS_CASES", "300"))
BATCH = 10  # expressions on the same records
LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals")
PLACE = Span.point("generated")


def parsed(text: str) -> Expression:
    """The expression, which the generator means to be right."""
    expression, found = LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
    assert expression is not None, (text, found)
    return expression


def in_sql(connection: Connection, tables: Tables, expression: Expression, moment: Moment) -> set[int]:
    """The ids of the deals of which the database says that the expression holds."""
    joined = Joined(tables, "deals", connection.dialect.name)
    condition = LANGUAGE.to_sql(expression, joined, moment)
    return set(connection.execute(joined.ids(condition)).scalars())


def in_python(plain: dict[int, Mapping[str, object]], expression: Expression, moment: Moment) -> set[int]:
    """The ids of the deals of which Python says so."""
    return {id_ for id_, record in plain.items() if LANGUAGE.holds(expression, record, moment)}


def test_a_generated_condition_means_the_same_in_python_and_in_sql(connection, tables):
    @settings(
        max_examples=max(CASES // BATCH, 1),
        deadline=None,
        derandomize="TRELLIS_CASES" not in os.environ,
        database=None,
    )
    @given(random=st.randoms(use_true_random=True))
    def compare(random):
        records, moment = Chance(random).records(), moment_of(random)
        tables.fill(connection, records)
        plain = {id_: nested(tables, records, "deals", id_) for id_ in DEALS}
        for text in [condition(random) for _ in range(BATCH)]:
            expression, negated = parsed(text), parsed(f"not ({text})")
            expected = in_python(plain, expression, moment)
            assert in_sql(connection, tables, expression, moment) == expected, text
            assert in_sql(connection, tables, negated, moment) == set(DEALS) - expected, f"not ({text})"
            assert in_python(plain, negated, moment) == set(DEALS) - expected, f"not ({text})"
        connection.rollback()

    compare()
