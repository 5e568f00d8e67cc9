"""The types of expressions: what is accepted, and what is refused at load."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from runtime.expressions import Scope
from runtime.expressions.tree import Literal
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    TEXT,
    picklist_of,
    record_of,
)
from tests.support.catalogs import field


@pytest.mark.parametrize(
    "text, type_",
    [
        ("name", TEXT),
        ("amount", MONEY),
        ("stage", picklist_of("stage")),
        ("stage.kind", TEXT),
        ("stage.probability", INTEGER),
        ("stage.weight", DECIMAL),
        ("account", record_of("accounts")),
        ("account.id", INTEGER),
        ("account.industry.kind", TEXT),
        ("account.parent_account.parent_account.owner.name", TEXT),
        ("owner", record_of("users", "groups")),
        ("owner.name", TEXT),
        ("owner.email", TEXT),
        ("owner.manager.manager", record_of("users")),
        ("this", record_of("deals")),
        ("this.account.name", TEXT),
        ("user", record_of("users")),
        ("user.role", TEXT),
        ("today()", DATE),
        ("today() - days(7)", DATE),
        ("now() + days(1)", DATETIME),
        ("date(met_at)", DATE),
        ("1 < 2", BOOLEAN),
        ("1_000.50", DECIMAL),
    ],
)
def test_an_expression_has_a_type(parse, text, type_):
    assert parse(text, None).type == type_


@pytest.mark.parametrize(
    "text",
    [
        "stage == 'won'",
        "'won' == stage",
        "stage in ['won', 'lost', none]",
        "stage == old_stage",
        "'a' in interests",
        "favourite in interests",
        "user in members",
        "owner in user.groups",
        "owner == user or owner in [1, 11]",
        "account == 21",
        "account in [21, none]",
        "created_by == user",
        "close_date >= '2026-01-31'",
        "met_at >= '2026-01-31T08:00+02:00'",
        "met_at == today()",
        "close_date in ['2026-01-31', today()]",
        "1 < count <= 10.5",
        "amount > 1000 and amount < budget and chance >= stage.probability",
        "active",
        "active == urgent",
        "(stage == 'won') == active",
        "not is_empty(papers)",
        "is_empty(account.contacts)",
        "contains(name, 'x') or starts_with(owner.name, note)",
        "name == ''",
        "none in [name]",
    ],
)
def test_a_right_condition_is_accepted(parse, text):
    assert parse(text).type == BOOLEAN


@pytest.mark.parametrize(
    "text, code",
    [
        ("name", "E114"),
        ("stage", "E114"),
        ("not name", "E114"),
        ("active and amount", "E114"),
        ("stage == 'gone'", "E111"),
        ("stage in ['won', 'gone']", "E111"),
        ("'gone' in interests", "E111"),
        ("stage.kind == 'wone'", "E111"),
        ("stage.kind in ['open', 'wone']", "E111"),
        ("stage.chance > 1", "E112"),
        ("stage == favourite", "E113"),
        ("stage == name", "E113"),
        ("stage < old_stage", "E113"),
        ("name == 3", "E113"),
        ("amount == name", "E113"),
        ("active < urgent", "E113"),
        ("active == 1", "E113"),
        ("close_date == 3", "E113"),
        ("account == user", "E113"),
        ("account < 3", "E113"),
        ("members == none and members == 3", "E113"),
        ("user in name", "E113"),
        ("account in members", "E113"),
        ("met_at in ['2026-01-31', '2026-01-31T10:00']", "E113"),
        ("[1] in [[1]]", "E113"),
        ("close_date == '31.1.2026'", "E115"),
        ("close_date == '2026-02-30'", "E115"),
        ("close_date == '2026-01-31T10:00'", "E115"),
        ("met_at > 'yesterday'", "E115"),
        ("name < none", "E118"),
        ("name >= ''", "E118"),
        ("nme == 1", "E105"),
        ("deals.name == 'x'", "E105"),
        ("account.nme == 'x'", "E106"),
        ("owner.nme == 'x'", "E106"),
        ("this.nme == 'x'", "E106"),
        ("name.first == 'x'", "E107"),
        ("account.id.x == 1", "E107"),
        ("stage.kind.x == 1", "E107"),
        ("none.x == 1", "E107"),
        ("nope(name)", "E108"),
        ("is_empty()", "E109"),
        ("is_empty(name, name)", "E109"),
        ("today(1) == today()", "E109"),
        ("contains(amount, 'x')", "E110"),
        ("date(name) == today()", "E110"),
        ("today() - days('7') < today()", "E110"),
        ("today() - days(1.5) < today()", "E110"),
        ("name is none", "E103"),
        ("name[0] == 'a'", "E103"),
        ("[x for x in interests] == none", "E103"),
        ("is_empty(value=name)", "E101"),
        ("is_empty(*interests)", "E103"),
        ("'a'.upper() == 'A'", "E103"),
        ("(1, 2) == none", "E103"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_code(refuse, text, code):
    assert code in [diagnostic.code for diagnostic in refuse(text)]


@pytest.mark.parametrize(
    "text, type_",
    [
        ("amount * 2", MONEY),
        ("amount + 1", MONEY),
        ("-amount", MONEY),
        ("amount / budget", DECIMAL),
        ("count * 2", INTEGER),
        ("count / 2", DECIMAL),
        ("count + price", DECIMAL),
        ("2 ** 3", DECIMAL),
        ("close_date - due_date", DURATION),
        ("met_at - created_at", DURATION),
        ("close_date + days(count)", DATE),
        ("met_at + months(1)", DATETIME),
        ("days(1) * 2", DURATION),
        ("'a' if active else none", TEXT),
        ("if_(active, amount, 0)", MONEY),
        ("case(stage, 'won', 1, 'lost', 0.5)", DECIMAL),
        ("default(close_date, '2026-01-31')", DATE),
        ("concat(name, ' ', amount, stage)", TEXT),
        ("upper(stage)", TEXT),
        ("sum(account.deals.amount, stage.kind == 'won')", MONEY),
        ("avg(account.deals.count)", DECIMAL),
        ("count(account.deals, this.amount < amount)", INTEGER),
        ("min(account.deals.close_date)", DATE),
        ("min(1, 2.5)", DECIMAL),
        ("max(amount, budget, 0)", MONEY),
        ("first(account.deals.seller.manager.name, active, -close_date)", TEXT),
        ("exists(members, link.role == 'a' and link.share > 0.5)", BOOLEAN),
        ("count(account.branches.deals)", INTEGER),
        ("lookup(accounts, name == this.name, credit)", MONEY),
        ("any_of(interests, ['a', 'b'])", BOOLEAN),
        ("any_of(members.name, ['x'])", BOOLEAN),
        ("len(interests) + count(members)", INTEGER),
        ("stage.label", TEXT),
        ("round(amount, 2)", MONEY),
        ("in_currency(amount, 'USD')", MONEY),
    ],
)
def test_calculations_functions_and_aggregates_have_types(parse, text, type_):
    assert parse(text, None).type == type_


@pytest.mark.parametrize(
    "text, code",
    [
        ("name + note == 'x'", "E120"),
        ("amount * budget > 1", "E120"),
        ("2 ** 101 > 1", "E120"),
        ("-name == 'x'", "E120"),
        ("close_date + 1 > today()", "E120"),
        ("stage + 1 > 1", "E120"),
        ("members.name == 'x'", "E126"),
        ("account.deals == 1", "E126"),
        ("account.deals.name == 'x'", "E126"),
        ("count(account) > 1", "E127"),
        ("sum(amount) > 1", "E127"),
        ("sum(account.deals) > 1", "E110"),
        ("sum(account.deals.name) > 1", "E110"),
        ("sum(account.deals.amount, amount) > 1", "E114"),
        ("sum(account.deals.amout) > 1", "E105"),
        ("count(account.deals, stage == 'wonn') > 1", "E111"),
        ("count(account.deals, industry == 'it') > 1", "E105"),
        ("exists(members, link.rule == 'a')", "E106"),
        ("lookup(acounts, active, name) == 'x'", "E105"),
        ("lookup(accounts, name) == 'x'", "E109"),
        ("old.stage == 'won'", "E125"),
        ("changed(stage)", "E125"),
        ("is_new", "E125"),
        ("const.limit > 1", "E106"),
        ("user.email == 'x'", "E104"),
        ("1 if name else 2", "E110"),
        ("if_(active, name, 2) == 2", "E110"),
        ("matches(name, note)", "E129"),
        ("matches(name, 'a**')", "E129"),
        ("matches(name, '[z-a]')", "E129"),
        ("matches(name, '\\\\bx')", "E129"),
        ("start_of(close_date, 'decade') == today()", "E110"),
        ("format('{} {}', name) == 'x'", "E109"),
        ("date(2026, 1) == today()", "E109"),
    ],
)
def test_a_wrong_calculation_or_aggregate_is_refused_with_its_code(refuse, text, code):
    assert code in [diagnostic.code for diagnostic in refuse(text)]


def test_what_a_save_changes_is_known_while_it_saves_alone(parse, refuse, scope):
    saving = replace(scope, saving=True)
    for text in ("changed(stage) and old.stage == 'won'", "is_new or old.account.name == name"):
        assert parse(text, within=saving).type == BOOLEAN
        assert "E125" in [found.code for found in refuse(text)]
    assert refuse("count(account.deals, changed(stage)) > 1", within=saving)[0].code == "E125"


def test_constants_have_the_type_of_their_value(parse, scope):
    within = replace(scope, constants={"vat": Decimal("25.5"), "note": "x", "limit": 100})
    assert parse("const.vat", None, within).type == DECIMAL
    assert parse("const.limit", None, within).type == INTEGER
    assert parse("const.note == name", within=within).type == BOOLEAN


def test_nobody_asks_in_a_computed_field(refuse, scope):
    assert refuse("owner == user", within=replace(scope, personal=False))[0].code == "E128"


def test_what_cannot_be_sql_is_refused_where_it_must_be_and_says_why(parse, refuse, scope):
    (found,) = refuse("json(name) == 'x'", within=replace(scope, database=True))
    assert found.code == "E124"
    assert "one record at a time" in found.message
    assert parse("json('a') == 'x'", within=replace(scope, database=True))
    assert parse("json(name) == 'x'")


def test_a_field_of_two_types_in_two_modules_has_no_one_meaning(refuse, scope):
    groups = scope.modules["groups"]
    fields = {**groups.fields, "email": field("groups", "email", "integer")}
    modules = {**scope.modules, "groups": replace(groups, fields=MappingProxyType(fields))}
    (found,) = refuse("owner.email == 'x'", within=replace(scope, modules=modules))
    assert found.code == "E119"


def test_a_path_may_walk_only_so_far(refuse):
    (found,) = refuse("account." + "parent_account." * 11 + "name == 'x'")
    assert found.code == "E102"


def test_ways_through_owners_of_owners_are_bounded(refuse):
    (found,) = refuse("owner.owner.owner.owner.owner.name == 'x'")
    assert found.code == "E102"


def test_the_relations_of_all_paths_together_are_bounded(refuse, parse):
    steps = [f"account.{'parent_account.' * hops}owner" for hops in range(7)]
    many = " or ".join(f"{step}.manager.manager.name == 'x'" for step in steps)
    parse(many)
    (found,) = refuse(f"{many} or seller.manager.manager.manager.name == 'x'")
    assert found.code == "E102"


def test_bare_names_belong_to_the_inner_record_and_this_to_the_outer(parse, refuse, scope, language, moment):
    within = Scope(scope.modules, scope.picklists, "accounts", this="deals")
    expression = parse("industry == 'it' and owner == this.owner", within=within)
    inner, outer = {"industry": "it", "owner": 3}, {"owner": 3}
    assert language.holds(expression, inner, moment, this=outer)
    assert not language.holds(expression, inner, moment, this={"owner": 4})
    assert refuse("stage == 'won'", within=within)[0].code == "E105"
    assert refuse("this.industry == 'it'", within=within)[0].code == "E106"


def test_a_literal_becomes_what_is_expected(parse):
    assert parse("'2026-01-31'", DATE).tree == Literal(DATE, 0, 12, date(2026, 1, 31))
    assert parse("'won'", picklist_of("stage")).type == picklist_of("stage")
    assert parse("5", DECIMAL).tree == Literal(INTEGER, 0, 1, 5)
    assert parse("-10.50", MONEY).tree == Literal(DECIMAL, 0, 6, Decimal("-10.50"))
    assert parse("none", DATE).type.name == "none"


@pytest.mark.parametrize(
    "text, expect", [("name", DATE), ("10.5", INTEGER), ("'gone'", picklist_of("stage")), ("'x'", DATE)]
)
def test_a_value_of_another_type_is_refused(refuse, text, expect):
    assert refuse(text, expect)[0].code in ("E111", "E114", "E115")
