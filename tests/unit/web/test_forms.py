"""Flat names become fields and rows again, in the order in which the form names them."""

import pytest

from runtime.web.forms import Form
from runtime.web.origin import local_path
from runtime.web.pages.form_view import moved

FORM = Form.of(
    [
        ("name", "first"),
        ("name", "last"),
        ("items", ""),
        ("items", "b"),
        ("items", "n0"),
        ("items.n0.product", "Chair"),
        ("items.b.product", "Desk"),
        ("items.b.price:currency", "EUR"),
        ("items.c.product", "nobody named this row"),
        ("items.b.price.more", "too deep"),
        ("others.b.product", "of other rows"),
    ]
)


def test_the_last_value_of_a_name_counts():
    assert FORM.text("name") == "last"
    assert FORM.texts("name") == ["first", "last"]
    assert FORM.text("nothing", "otherwise") == "otherwise"
    assert "nothing" not in FORM


def test_rows_come_in_the_order_of_their_keys_and_strangers_are_left_out():
    rows = FORM.rows("items")
    assert list(rows) == ["b", "n0"]
    assert rows["b"].text("product") == "Desk"
    assert rows["b"].text("price:currency") == "EUR"
    assert set(rows["b"].values) == {"product", "price:currency"}


@pytest.mark.parametrize(
    "act,key,after",
    [
        ("up", "b", ["b", "a", "c"]),
        ("up", "a", ["a", "b", "c"]),
        ("down", "a", ["b", "a", "c"]),
        ("down", "c", ["a", "b", "c"]),
        ("delete", "b", ["a", "c"]),
        ("delete", "x", ["a", "b", "c"]),
        ("add", "", ["a", "b", "c", "n0"]),
    ],
)
def test_a_button_moves_a_row(act, key, after):
    assert moved(["a", "b", "c"], act, key) == after


def test_a_new_row_never_takes_a_key_that_is_in_use():
    assert moved(["n1", "n0", "5"], "add", "") == ["n1", "n0", "5", "n2"]
    assert moved(["n1"], "add", "") == ["n1", "n0"]


@pytest.mark.parametrize("target", ["//evil", "https://evil", "/\\evil", "/a\nb", "/a b", "", None, "app"])
def test_only_a_path_of_the_site_is_gone_to(target):
    assert local_path(target) == "/app"


def test_a_path_with_its_parameters_is_kept():
    assert local_path("/app/deals?filter=open&after=x%2F") == "/app/deals?filter=open&after=x%2F"
