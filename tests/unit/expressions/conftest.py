"""What the tests of expressions share: the language, a small catalog, and a site's moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from runtime.base.diagnostic import Diagnostic, Span
from runtime.expressions import Language, Moment, Scope
from runtime.model.catalog import Expression
from runtime.model.types import BOOLEAN, ValueType
from tests.support.catalogs import small_crm
from tests.support.expression_tables import Tables, engine_with_tables

PLACE = Span("deals.yaml", 7, 11, 7, 12)

Parse = Callable[..., Expression]
Refuse = Callable[..., list[Diagnostic]]


@pytest.fixture(scope="session")
def language() -> Language:
    """The language as it is delivered."""
    return Language.standard()


@pytest.fixture(scope="session")
def scope() -> Scope:
    """Where bare names are the fields of deals."""
    return Scope(**small_crm(), module="deals")


@pytest.fixture
def moment() -> Moment:
    """A winter's evening in Helsinki, where it is past midnight already."""
    user = {"id": 1, "role": "seller", "groups": (11, 12)}
    return Moment.at(datetime(2026, 1, 30, 22, 30, tzinfo=UTC), ZoneInfo("Europe/Helsinki"), user)


@pytest.fixture
def parse(language: Language, scope: Scope) -> Parse:
    """Parses what must be right."""

    def parse(text: str, expect: ValueType | None = BOOLEAN, within: Scope = scope) -> Expression:
        expression, found = language.parse(text, PLACE, within, expect)
        assert expression is not None, found
        return expression

    return parse


@pytest.fixture
def refuse(language: Language, scope: Scope) -> Refuse:
    """Parses what must be wrong, and gives what is said about it."""

    def refuse(text: str, expect: ValueType | None = BOOLEAN, within: Scope = scope) -> list[Diagnostic]:
        expression, found = language.parse(text, PLACE, within, expect)
        assert expression is None, text
        assert found, text
        return found

    return refuse


@pytest.fixture
def tables(scope: Scope) -> Tables:
    """The small catalog's tables."""
    return Tables(scope.modules)


@pytest.fixture
def connection(database_url: str, tables: Tables) -> Iterator[Connection]:
    """A connection to a database with these tables; the test runs on each engine."""
    with engine_with_tables(database_url, tables) as engine, engine.connect() as connection:
        yield connection
