"""Parameters are read strictly: unknown, repeated and impossible ones are refused by name."""

import pytest
from starlette.datastructures import QueryParams

from runtime.web.api.parameters import read_atomic, read_list, read_none, read_record
from runtime.web.errors import RefusedError


def refusal(read, query: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read(QueryParams(query))
    assert caught.value.status == 400
    return caught.value


def test_a_list_has_its_defaults():
    asked = read_list(QueryParams(""))

    assert (asked.limit, asked.count, asked.fields, asked.include, asked.group) == (
        50,
        "capped",
        None,
        (),
        (),
    )


def test_every_parameter_of_a_list_is_read():
    asked = read_list(
        QueryParams("where=a==1&filter=open&sort=-a,b&fields=a, b.c&include=d&limit=1000&after=x&count=exact")
    )

    assert (asked.where, asked.filter, asked.sort, asked.after) == ("a==1", "open", "-a,b", "x")
    assert (asked.fields, asked.include, asked.limit, asked.count) == (("a", "b.c"), ("d",), 1000, "exact")


def test_groups_have_a_value():
    asked = read_list(QueryParams("group=stage,owner&value=sum(amount)&where=x"))

    assert (asked.group, asked.value, asked.where) == (("stage", "owner"), "sum(amount)", "x")


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "ten", "", "1e3", " 5", "٣", "9" * 30, "+5"])
def test_a_limit_is_a_whole_number_up_to_1000(limit):
    assert refusal(read_list, f"limit={limit.replace('+', '%2B')}").at == "limit"


def test_an_unknown_parameter_is_refused_with_what_was_meant():
    refused = refusal(read_list, "limt=5")

    assert refused.at == "limt"
    assert 'Did you mean "limit"?' in str(refused)
    assert refusal(read_record, "limit=5").at == "limit"
    assert refusal(read_none, "x=1").at == "x"
    assert len(refusal(read_none, "x" * 9000 + "=1").at) <= 40


def test_a_parameter_given_twice_is_refused():
    assert refusal(read_list, "sort=a&sort=b").at == "sort"


@pytest.mark.parametrize(
    "query, at",
    [
        ("count=all", "count"),
        ("fields=a,,b", "fields"),
        ("fields=", "fields"),
        ("include=,", "include"),
        ("fields=" + ",".join(f"f{n}" for n in range(201)), "fields"),
        ("group=a&after=x", "after"),
        ("group=a&fields=b", "fields"),
        ("value=count()&sort=a", "sort"),
    ],
)
def test_what_cannot_be_is_refused(query, at):
    assert refusal(read_list, query).at == at


def test_a_batch_is_atomic_unless_it_says_false():
    assert read_atomic(QueryParams("")) is True
    assert read_atomic(QueryParams("atomic=false")) is False
    assert refusal(read_atomic, "atomic=no").at == "atomic"
