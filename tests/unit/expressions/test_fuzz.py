"""Expressions that a machine makes up: each is an expression or a located error, and each is quick.

TRELLIS_CASES says how many; 2,000 if it says nothing. What can be read is evaluated and compiled, too.
"""

import contextlib
import os
from random import Random

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Scope
from runtime.expressions.evaluation import BudgetError
from tests.support.catalogs import small_crm
from tests.support.expression_chance import moment_of
from tests.support.expression_tables import Joined, Tables

CASES = int(os.environ.get("TRELLIS_CASES", "2000"))
LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals", saving=True)
PLACE = Span.point("fuzz")
ATOMS = (
    *("name", "stage", "amount", "budget", "price", "count", "active", "close_date", "met_at", "interests"),
    *("account", "account.name", "account.deals", "account.deals.amount", "members", "members.name", "owner"),
    *("user", "user.groups", "this", "this.name", "old.stage", "is_new", "link.role", "const.vat", "lookup"),
    *("1", "0", "2.5", "-1", "99999999999999999", "'a'", "'won'", "'2026-01-31'", "''", "none", "true"),
)
SIGNS = ("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or")
JUNK = (
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "'",
    '"',
    "\\",
    "#",
    "lambda",
    "é",
    "\0",
    "...",
    "if",
    ":=",
    "{",
    "\u2028",
)


def expression(random: Random, depth: int = 0) -> str:
    """An expression whose parts fit by chance."""
    roll = random.random()
    if depth > 4 or roll < 0.3:
        return random.choice(ATOMS)
    if roll < 0.5:
        sign = random.choice(SIGNS)
        return f"({expression(random, depth + 1)} {sign} {expression(random, depth + 1)})"
    if roll < 0.55:
        return f"({random.choice(('not ', '-', '+'))}{expression(random, depth + 1)})"
    if roll < 0.6:
        parts = [expression(random, depth + 1) for _ in range(3)]
        return f"({parts[0]} if {parts[1]} else {parts[2]})"
    if roll < 0.65:
        return f"[{', '.join(expression(random, depth + 1) for _ in range(random.randrange(4)))}]"
    name = random.choice(tuple(LANGUAGE.functions))
    return f"{name}({', '.join(expression(random, depth + 1) for _ in range(random.randrange(5)))})"


def broken(random: Random, text: str) -> str:
    """The text with something put in, taken out or doubled."""
    at = random.randrange(len(text) + 1)
    match random.randrange(3):
        case 0:
            return text[:at] + random.choice(JUNK) + text[at:]
        case 1:
            return text[:at] + text[at + random.randrange(1, 5) :]
    return text[:at] + text[max(at - 8, 0) :]


def test_whatever_a_machine_makes_up_is_an_expression_or_a_located_error():
    random = Random(20260131)
    tables = Tables(SCOPE.modules)
    read = 0
    for number in range(CASES):
        text = expression(random)
        text = broken(random, text) if number % 3 == 0 else text
        found, diagnostics = LANGUAGE.parse(text, PLACE, SCOPE)
        assert (found is None) == any(diagnostic.is_error for diagnostic in diagnostics), text
        if found is None:
            continue
        read += 1
        moment = moment_of(random)
        evaluate(text, found.tree, moment)
        if not {"old.", "is_new", "changed("} & {
            word for word in ("old.", "is_new", "changed(") if word in text
        }:
            compile_(text, found.tree, tables, moment)
    assert read > CASES // 100


def evaluate(text, tree, moment):
    """Over records that have nothing: what is not there is told by a LookupError."""
    keys = [field.key for field in SCOPE.modules["deals"].all_fields()]
    record = {**dict.fromkeys(keys), "id": 1, "account": {"id": 2, "deals": (), "name": None}}
    with contextlib.suppress(LookupError, BudgetError):
        LANGUAGE.evaluator(moment).run(tree, record, None, record)


def compile_(text, tree, tables, moment):
    """For both databases: what cannot be SQL was told where it must be."""
    scope = Scope(**small_crm(), module="deals", saving=True, database=True)
    found, _ = LANGUAGE.parse(text, PLACE, scope)
    if found is not None:
        for dialect in ("sqlite", "postgresql"):
            LANGUAGE.value_in_sql(found.tree, Joined(tables, "deals", dialect), moment)
