"""Tests of reaches: what the value of an expression depends on, and the ways to it."""

import pytest

from runtime.base.diagnostic import Span
from runtime.expressions import Language, Scope, Terms
from runtime.expressions.digest import digest
from runtime.expressions.reaches import Reach, reaches
from tests.support.catalogs import small_crm


def tree(text: str, module: str = "accounts"):
    scope = Scope(**small_crm(), module=module, database=True, personal=False)
    found, diagnostics = Language.standard().parse(text, Span.point("test.yaml"), scope)
    assert found is not None, diagnostics
    return found.tree


def said(reach: Reach) -> str:
    hops = [f"{hop.kind} {hop.there}" for hop in reach.way]
    return " > ".join([*hops, f"{reach.module}.{reach.field or '*'}"])


def all_said(text: str, module: str = "accounts") -> list[str]:
    return [said(each) for each in reaches(tree(text, module), module)]


def test_a_field_of_the_record_itself_is_no_way_at_all():
    assert all_said("amount * chance", "deals") == ["deals.amount", "deals.chance"]


def test_a_path_reaches_each_pointer_on_its_way():
    assert all_said("account.parent_account.name", "deals") == [
        "deals.account",
        "one accounts > accounts.parent_account",
        "one accounts > one accounts > accounts.name",
    ]


def test_an_aggregate_reaches_who_is_there_by_what_they_hang_and_what_is_said_of_them():
    assert all_said("sum(deals.amount, stage.kind == 'won')") == [
        "inverse deals > deals.*",
        "inverse deals > deals.account",
        "inverse deals > deals.amount",
        "inverse deals > deals.stage",
    ]


def test_a_condition_reaches_the_record_that_asks_without_its_steps():
    assert "accounts.credit" in all_said("count(deals, amount > this.credit)")


def test_links_are_reached_by_their_field_and_by_who_is_there():
    assert all_said("count(members)", "deals") == ["links users > users.*", "deals.members"]


def test_a_lookup_reaches_everything_from_everywhere():
    assert all_said("lookup(users, role == this.name, email)") == [
        "all users > users.*",
        "all users > users.email",
        "all users > users.role",
        "accounts.name",
    ]


def test_an_owner_is_reached_in_each_module_that_has_the_field():
    assert all_said("owner.name", "deals") == [
        "deals.owner",
        "one users > users.name",
        "one groups > groups.name",
    ]


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("sum(deals.amount)", "sum( deals.amount )", True),
        ("count(deals)", "count(branches)", False),
        ("count(deals, amount > 1)", "count(deals, amount > 2)", False),
        ("sum(deals.amount)", "max(deals.amount)", False),
        ("first(deals.name, active, close_date)", "first(deals.name, active, -close_date)", False),
    ],
)
def test_a_digest_tells_meanings_apart_and_not_ways_of_writing(one: str, other: str, same: bool):
    digests = {digest(tree(each), Terms(), "Europe/Helsinki") for each in (one, other)}
    assert (len(digests) == 1) is same
