"""The SQL that conditions become: forms that an index serves, and values that are bound."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from runtime.expressions import Moment, Scope
from tests.support.expression_tables import Joined

DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


@pytest.fixture
def compiled(language, parse, moment, tables):
    """The SQL of a condition without its table's name, and what is bound."""

    def compile(text, dialect="sqlite", this=None, **others):
        joined = Joined(tables, "deals", dialect)
        condition = language.to_sql(parse(text, **others), joined, moment, this)
        query = condition.compile(dialect=DIALECTS[dialect])
        return " ".join(str(query).replace("root.", "").split()), list(query.params.values())

    return compile


FOLDED = "CASE WHEN name GLOB '*[^ -~]*' THEN trellis_fold(name) ELSE lower(name) END"


@pytest.mark.parametrize(
    "text, sql, bound",
    [
        ("stage == 'won'", "stage = ?", ["won"]),
        ("'won' == stage", "stage = ?", ["won"]),
        ("stage == none", "stage IS NULL", []),
        ("stage != none", "stage IS NOT NULL", []),
        ("stage != 'won'", "stage IS NOT ?", ["won"]),
        ("not (stage == 'won')", "stage IS NOT ?", ["won"]),
        ("not (stage != 'won')", "stage = ?", ["won"]),
        ("not (not active)", "active = 1", []),
        ("amount > 1000", "amount > ?", [100000]),
        ("1000 < amount", "amount > ?", [100000]),
        ("amount < 10.005", "amount < ?", [1001]),
        ("amount <= 10.005", "amount <= ?", [1000]),
        ("amount > 10.005", "amount > ?", [1000]),
        ("amount >= 10.005", "amount >= ?", [1001]),
        ("amount == 10.005", "0 = 1", []),
        ("count > 2.5", "count > ?", [2]),
        ("close_date >= today() - days(7)", "close_date >= ?", [date(2026, 1, 24)]),
        ("owner == user", "owner = ?", [1]),
        ("account.id == 21", "account = ?", [21]),
        ("stage.kind == 'won' and active", "stage IN (__[POSTCOMPILE_stage_1]) AND active = 1", [["won"]]),
        ("stage.probability > 40", "stage IN (__[POSTCOMPILE_stage_1])", [["proposal", "won"]]),
        ("owner in user.groups", "owner IN (__[POSTCOMPILE_owner_1])", [[11, 12]]),
        ("starts_with(name, 'Å')", f"{FOLDED} >= ? AND {FOLDED} < ?", ["å", "æ"]),
        ("today() == '2026-01-31'", "1", []),
    ],
)
def test_a_condition_stays_plain(compiled, text, sql, bound):
    assert compiled(text) == (sql, bound)


def test_a_moment_on_a_day_is_a_stretch_of_time(compiled):
    start, end = datetime(2026, 1, 30, 22, tzinfo=UTC), datetime(2026, 1, 31, 22, tzinfo=UTC)
    assert compiled("met_at == today()") == ("met_at >= ? AND met_at < ?", [start, end])
    assert compiled("met_at > today()") == ("met_at >= ?", [end])
    assert compiled("date(met_at) < today()") == ("met_at < ?", [start])


def test_an_attribute_that_is_empty_takes_in_the_records_without_a_value(compiled):
    sql, bound = compiled("stage.kind != 'open'")
    assert sql == "(stage NOT IN (__[POSTCOMPILE_stage_1])) OR stage IS NULL"
    assert bound == [["prospecting", "proposal"]]


def test_postgresql_is_asked_in_its_own_words(compiled):
    assert compiled("stage != 'won'", "postgresql") == (
        "stage IS DISTINCT FROM %(param_1)s::VARCHAR",
        ["won"],
    )
    assert compiled("amount < 10.005", "postgresql") == ("amount < %(param_1)s", [Decimal("10.01")])
    sql, bound = compiled("contains(name, '50%_')", "postgresql")
    assert sql == "trellis_fold(name) COLLATE \"C\" LIKE %(param_1)s::VARCHAR ESCAPE '\\'"
    assert bound == ["%50\\%\\_%"]


def test_a_path_is_joined_once_and_links_are_asked_for_without_a_join(language, parse, moment, tables):
    joined = Joined(tables, "deals", "sqlite")
    condition = language.to_sql(
        parse("account.name == 'a' and account.industry == 'it' and user in members"), joined, moment
    )
    sql = str(joined.ids(condition).compile(dialect=DIALECTS["sqlite"]))
    assert sql.count("JOIN") == 1
    assert sql.count("EXISTS") == 1


def test_the_outer_record_is_bound(compiled, scope):
    within = Scope(scope.modules, scope.picklists, "deals", this="accounts")
    sql, bound = compiled(
        "account == this and owner == this.owner", this={"id": 21, "owner": 3}, within=within
    )
    assert (sql, bound) == ("account = ? AND owner = ?", [21, 3])


def test_nothing_that_a_person_wrote_is_part_of_the_sql(compiled):
    nasty = "x' OR 1=1; --"
    sql, bound = compiled(f'name == "{nasty}" or contains(note, "{nasty}")')
    assert nasty not in sql
    assert nasty in bound


def test_a_day_whose_midnight_comes_twice_is_asked_for_moment_by_moment(language, parse, tables, connection):
    """In St. John's, clocks went back from 00:01 to 23:01 of the day before."""
    moments = {
        1: datetime(2009, 11, 1, 2, 29, tzinfo=UTC),
        2: datetime(2009, 11, 1, 2, 30, 30, tzinfo=UTC),
        3: datetime(2009, 11, 1, 3, 0, tzinfo=UTC),
        4: datetime(2009, 11, 1, 3, 30, tzinfo=UTC),
    }
    tables.fill(connection, {"deals": {id_: {"id": id_, "met_at": at} for id_, at in moments.items()}})
    there = Moment.at(moments[1], ZoneInfo("America/St_Johns"))
    for text, ids in (("met_at == '2009-11-01'", {2, 4}), ("met_at < '2009-11-01'", {1, 3})):
        joined = Joined(tables, "deals", connection.dialect.name)
        condition = language.to_sql(parse(text), joined, there)
        assert set(connection.execute(joined.ids(condition)).scalars()) == ids
        for id_, at in moments.items():
            assert language.holds(parse(text), {"met_at": at}, there) is (id_ in ids)
