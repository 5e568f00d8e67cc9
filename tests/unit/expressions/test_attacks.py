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
    "[[name] * 9] == none",
    "interests * 3 == none",
    "(name, note) == none",
    "{*interests} == none",
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
    # Functions of the language, and what is not one of them
    "round(price, 2, 3) > 1",
    "round('a') > 1",
    "pad(name, 'x') == 'x'",
    "pad(name) == 'x'",
    "concat() == 'x'",
    "concat(account) == 'x'",
    "concat(members) == 'x'",
    "format('{0.__class__}', name) == 'x'",
    "format('{!r}', name) == 'x'",
    "format('{:>1000000000}', name) == 'x'",
    "format('{', name) == 'x'",
    "format(name, note) == 'x'",
    "format('{}{}{}', name) == 'x'",
    "len(1) > 1",
    "len(account.deals) > 1",
    "json() == 'x'",
    "text(account) == 'x'",
    "number(account) > 1",
    "number(close_date) > 1",
    "boolean(close_date)",
    "url_encode(1) == 'x'",
    "in_currency(amount, name) > 1",
    "in_currency(amount, 'EURO') > 1",
    "in_currency(1, 'EUR') > 1",
    "date(1, 2) == today()",
    "date(1, 2, 3, 4) == today()",
    "date('x') == today()",
    "date(2026, 'a', 1) == today()",
    "datetime(1) == now()",
    "days(1.5) > days(1)",
    "months(1.5) == months(1)",
    "months(1) > months(2)",
    "today() + 1 == today()",
    "today() * 2 == today()",
    "today() + today() == today()",
    "now() - today() + 1 > days(1)",
    "start_of(today(), name) == today()",
    "end_of(today(), 'century') == today()",
    "format_date(name, 'YYYY') == 'x'",
    "format_number(price, 13) == 'x'",
    "format_number(price, count) == 'x'",
    "format_number(price, -1) == 'x'",
    "left(name) == 'x'",
    "left(name, 'x') == 'x'",
    "split(name, ',')[0] == 'x'",
    "join(name, ',') == 'x'",
    "case() == 1",
    "case(stage) == 1",
    "case(stage, 'wonn', 1) == 1",
    "case(stage, 'won', 1, 'lost', 'x') == 1",
    "if_(1, 2, 3) == 2",
    "if_(active, interests, none) == none",
    "default() == 1",
    "default(name, 1) == 1",
    "min() > 1",
    "min(name, note) == 'x'",
    "max(amount, close_date) > 1",
    # Powers of powers, and numbers at the edges
    "2 ** 1000 > 1",
    "2 ** 99999999999999999 > 1",
    "2 ** 0.5 > 1",
    "2 ** price > 1",
    "10 ** 10 ** 10 > amount and 1 ** 101 > 1",
    "amount ** 2 > 1",
    "1e308 * 10 > 1",
    "0b11 == 3",
    "1_ == 1",
    "99999999999999999999 > 1",
    # Patterns
    "matches(name, '(a')",
    "matches(name, 'a)')",
    "matches(name, '[a')",
    "matches(name, 'a{1001}')",
    "matches(name, '((a{100}){100}){100}')",
    "matches(name, '(?=a)')",
    "matches(name, '(?<n>a)')",
    "matches(name, '(a)\\\\1')",
    "matches(name, 'a**')",
    "matches(name, '*')",
    "matches(name, 'a{2,1}')",
    "matches(name, '\\\\p{L}')",
    "matches(name, '" + "(" * 30 + "a" + ")" * 30 + "')",
    "matches(name, '" + "a" * 600 + "')",
    "matches(name, note)",
    "matches(name, concat('(', 'a'))",
    # Related records, scopes, and what they would lead out to
    "count() > 1",
    "count(1) > 1",
    "count(name) > 1",
    "count(account) > 1",
    "count(account.deals, account.deals) > 1",
    "count(account.deals, 1) > 1",
    "count(account.deals, industry == 'it') > 1",
    "count(account.deals, this.this.name == 'x') > 1",
    "count(account.deals, old.name == 'x') > 1",
    "count(account.deals, changed(name)) > 1",
    "count(account.deals, is_new) > 1",
    "sum(account.deals) > 1",
    "sum(account.deals.name) > 1",
    "sum(account.deals.secret) > 1",
    "sum(account.deals.amount, active, name) > 1",
    "first(account.deals) == 1",
    "first(account.deals.name, active, interests) == 'x'",
    "exists(account.deals, name)",
    "exists(users)",
    "lookup(name) == 'x'",
    "lookup(nowhere, true, name) == 'x'",
    "lookup(users, password == 'x', name) == 'x'",
    "lookup('users', true, name) == 'x'",
    "lookup(users, true, groups) == none",
    "lookup(trellis_sessions, true, token) == 'x'",
    "any_of(name, ['a'])",
    "any_of(interests, name)",
    "any_of(interests, ['zzz'])",
    "account.deals.name == 'x'",
    "account.deals == none",
    "link.role == 'a'",
    "exists(members, link.secret == 'a')",
    "exists(account.deals, link.role == 'a')",
    "sum(account.branches.branches.branches.deals.count) > 1",
    # What a save changes, constants, and nobody
    "old.name == 'x'",
    "old == none",
    "old.old.name == 'x'",
    "is_new",
    "is_new.x",
    "changed()",
    "changed(name)",
    "const == 1",
    "const.secret == 'x'",
    "const.__class__ == 1",
    "user.password == 'x'",
    "user.user == 1",
    # Meaning
    "name + none == 'x'",
    "active == 1",
    "name < 1",
    "interests in interests",
    "none < none",
]

BOUNDED = [
    "(2 ** 100) ** 100 == none",
    "((99 ** 99) ** 99) ** 99 == none",
    "1 ** 100 == 1",
    "(1.000000000001 ** 100) ** 100 > 1",
    " * ".join(["999999999999999999"] * 30) + " == none",
    " / ".join(["1"] + ["0.000000000001"] * 30) + " == none",
    "pad(name, 999999999999) == 'x'",
    "pad('a', 999999999999) == 'x'",
    "concat(" + ", ".join(["pad('a', 1000)"] * 120) + ") == none",
    "replace(pad('a', 1000, 'a'), 'a', pad('b', 1000)) == none",
    "replace(replace(pad('a', 1000, 'a'), 'a', 'aaaaaaaaaa'), 'a', 'bbbbbbbbbbbbbbb') == none",
    "is_empty(split(pad('a', 1000, ','), ','))",
    "join(split(pad('a', 1000, 'a'), ''), pad('b', 1000)) != 'x'",
    "matches(pad('!', 1000, 'a'), '(a+)+')",
    "matches(pad('!', 1000, 'a'), '(a|a|aa)*(a|b)*a{50}!')",
    "matches(pad('!', 1000, 'a'), '(.*a){10}')",
    "matches(name, '((((((a?){10}){5})*)*)*)*')",
    "add_workdays(today(), 10000) != today()",
    "add_workdays(today(), 999999999) == none",
    "today() + months(999999999999) == none",
    "days(999999999999999999) == none",
    "hours(99999999999999999.5) == none",
    "round(1.5, 999999999999) == none",
    "round(1.5, -999999999999) == none",
    "left('abc', 999999999999999999) == 'abc'",
    "mid('abc', -999999999999999999, 999999999999999999) == 'abc'",
    "date(99999, 1, 1) == none",
    "date(999999999999999999, 1, 1) == none",
    "number('" + "9" * 400 + "') == none",
    "number('1e400') == none",
    "slug('" + "é" * 3000 + "') != 'x'",
    "title('" + "ß " * 1500 + "') != 'x'",
    "upper('ß') == 'ß'",
    "url_encode('" + "å" * 1000 + "') != 'x'",
    "json('" + "\\\\" * 500 + "') != 'x'",
    "if_(true, 1, 1 / 0) == 1",
    "case(" + ", ".join(["false, 1"] * 100) + ") == none",
    "default(" + ", ".join(["none"] * 200) + ", 1) == 1",
    "min(" + ", ".join(["1"] * 300) + ") == 1",
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
