"""Expressions that mean harm: each ends in a located error or in a bounded result, at once."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Scope
from runtime.model.types import BOOLEAN
from tests.support.catalogs import small_crm

LANGUAGE = Language.standard()
SCOPE = Scope(**small_crm(), module="deals")
PLACE = Span("attack.yaml", 1, 1, 1, 2)

REFUSED = [
    # Attributes
    "''.__class__ == name",
    "name.__class__.__mro__ == none",
    "is_empty.__globals__ == none",
    "[].__len__() == 0",
    "name._private == none",
    "this.metadata == none",
    "account.registry.clear() == none",
    "user.session == none",
    "this.__dict__ == none",
    "na\uff4de == 'x'",
    "name.__\u017ftr__ == 'x'",
    "account.owner.password == 'x'",
    # Formats
    "'{0.__class__}'.format(name) == 'x'",
    "'{0}'.format_map(this) == 'x'",
    "f'{name.__class__}' == 'x'",
    "f'{name:{count}}' == 'x'",
    "'%*d' % (10, 10) == 'x'",
    "'%1000000000d' % 1 == 'x'",
    # Frames and calls
    "(x for x in interests) == none",
    "(await name) == none",
    "(yield) == none",
    "is_empty(lambda: 1)",
    "contains(is_empty, 'x')",
    "[is_empty][0](name)",
    "getattr(name, 'x') == 1",
    "eval('1') == 1",
    "__import__('os') == 1",
    "open('/etc/passwd') == none",
    "print(name)",
    "rand() == 1",
    "randint(5) == 1",
    # Numbers
    "9 ** 9 ** 9 ** 9 == 1",
    "3999999 ** 3999999 > 1",
    "1 << 1 << 100000 == 1",
    "9" * 3990 + " == 1",
    "int('" + "9" * 3900 + "') == 1",
    "1e400 - 1e400 == 0",
    "1j == 1",
    "0x" + "f" * 3000 + " == 1",
    # Texts
    "'a' * 1000000000 == name",
    "name + name + name == 'x'",
    "'a'.ljust(1000000000) == name",
    "'a'.zfill(10 ** 9) == name",
    "name.center(10 ** 9) == 'x'",
    "name.expandtabs(10 ** 9) == 'x'",
    "name.translate(name) == 'x'",
    "','.join(interests) == 'x'",
    "split(name, '') == none",
    "name.count('a') == 1",
    # Structures
    "[0] * 90000 == none",
    "[[0] * 90000] * 90000 == none",
    "is_empty([*interests, *interests])",
    "[x for x in [y for y in interests]] == none",
    "[x for x in interests for y in interests] == none",
    "{name: name} == none",
    "{**this} == none",
    # The parser
    "(" * 1999 + "1" + ")" * 1999,
    "(" * 3999,
    "-" * 3999 + "1",
    "not " * 999 + "active",
    "+" * 3999 + "1",
    "a" + ".b" * 1999,
    "[" * 200 + "]" * 200,
    " or ".join(["active"] * 600)[:3990],
    " or ".join(["active"] * 20_000),
    "active or " * 398 + "active or active and (active) " * 2,
    "1 + " * 990 + "1",
    "1 if active else " * 230 + "1",
    "1 < " * 990 + "2",
    "not (" * 60 + "active" + ")" * 60,
    "active\0",
    "name == '\0'",
    "x = 1",
    "(x := 1) == 1",
    "import os",
    "active; active",
    "active\n\nimport os",
    "lambda: 1",
    "del name",
    "name: int = 1",
    "@active",
    "active \\\n and active",
    "'" + "\\'" * 1999,
    "'unclosed",
    "...",
    "name[...] == 1",
    "b'x' == name",
    # Meaning
    "name + none == 'x'",
    "active == 1",
    "name < 1",
    "interests in interests",
    "none < none",
]

BOUNDED = [
    "((2 ** 64) % 7) == 1",
    "(9 ** 99) * (9 ** 99) == 1",
    "count % 0 == 1",
    "replace(name, 'a', 'aaaaaaaa') == 'x'",
    "matches(name, '(a+)+$')",
    " or ".join(["active"] * 240),
    " and ".join(f"name == '{index}'" for index in range(150)),
    "stage in [" + ", ".join(["'won'"] * 300) + "]",
    "name == '" + "å" * 3900 + "'",
    "contains(name, '" + "%_" * 1900 + "')",
    "not (" * 30 + "active" + ")" * 30,
    "count == 999999999999999999",
    "today() + days(999999999999999999) == none",
    "close_date - days(999999999) == none",
    "1 < " * 200 + "2",
    "owner.owner.owner.name == 'x'",
    "-0 == 0 and -0.0 == 0",
    "none in [] or none not in []",
]


def parse_quickly(text: str):
    """Parses within 50 ms of the processor; the best of three counts, for memory may just be tidied up."""
    best = 1.0
    for _ in range(3):
        start = time.thread_time()
        expression, found = LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
        best = min(best, time.thread_time() - start)
        if best < 0.05:
            break
    assert best < 0.05, f"{best * 1000:.0f} ms"
    return expression, found


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40].encode("unicode_escape").decode())
def test_an_attack_is_refused_where_it_stands(text):
    expression, found = parse_quickly(text)
    assert expression is None
    assert found
    for diagnostic in found:
        assert diagnostic.code.startswith("E1")
        start, end = diagnostic.span.column - 1, diagnostic.span.end_column - 1
        assert 0 <= start <= len(text)
        assert start < end <= len(text) + 1


@pytest.mark.parametrize("text", BOUNDED, ids=lambda text: text[:40])
def test_what_is_only_large_is_answered_at_once(text, moment, language):
    expression, found = parse_quickly(text)
    assert expression is not None, found
    record = dict.fromkeys(("active", "name", "stage", "count", "close_date", "owner"))
    best = 1.0
    for _ in range(3):  # memory may just be tidied up
        start = time.thread_time()
        assert language.evaluate(expression, record, moment) in (True, False)
        best = min(best, time.thread_time() - start)
    assert best < 0.05


def test_refusing_takes_little_memory():
    tracemalloc.start()
    for text in REFUSED:
        LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


words = st.sampled_from(
    (
        *("name", "stage", "amount", "active", "account", "owner", "user", "this", "interests", "kind"),
        *(
            "none",
            "true",
            "1",
            "2.5",
            "'a'",
            "'won'",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "==",
            "!=",
            "<",
            "in",
            "not",
        ),
        *("and", "or", "is_empty", "contains", "today", "days", "+", "-", "*", "if", "else", "lambda"),
        *("\\", "'", '"', "#", ":", "=", "é", "\0", "..."),
    )
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(words, max_size=25).map(" ".join) | st.text(max_size=60))
def test_anything_at_all_is_an_expression_or_a_located_error(text):
    expression, found = LANGUAGE.parse(text, PLACE, SCOPE, BOOLEAN)
    assert (expression is None) == any(diagnostic.is_error for diagnostic in found)
