"""A body is read as exact JSON, and what is not is refused with 400 and where it went wrong."""

import time
from decimal import Decimal

import pytest

from runtime.web.api.json_body import DEEPEST, read_object, read_value
from runtime.web.errors import RefusedError

JSON = "application/json"


def refusal(body: bytes, content_type: str | None = JSON) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read_object(body, content_type)
    assert caught.value.status == 400
    assert str(caught.value.sentence).endswith((".", "?"))
    return caught.value


def test_numbers_are_exact_and_whole_ones_are_int():
    value = read_value(b'{"a": 0.1, "b": 12345678901234567.1234, "c": 7, "d": 1e2, "e": -0.0}', JSON)

    assert value == {"a": Decimal("0.1"), "b": Decimal("12345678901234567.1234"), "c": 7, "d": 100, "e": 0}
    assert isinstance(value["c"], int)
    assert not any(isinstance(number, float) for number in value.values())


@pytest.mark.parametrize(
    "content_type", [JSON, "APPLICATION/JSON; charset=utf-8", 'application/json;charset="UTF-8"']
)
def test_a_body_is_sent_as_json_in_utf_8(content_type):
    assert read_object('{"name": "Ääkköset"}'.encode(), content_type) == {"name": "Ääkköset"}


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
    ],
)
def test_another_content_type_is_refused(content_type):
    assert refusal(b"{}", content_type).at == "content-type"


@pytest.mark.parametrize("body", [b"", b"   ", b"\n"])
def test_an_empty_body_is_refused(body):
    assert "empty" in str(refusal(body))


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"true"])
def test_a_body_is_an_object(body):
    assert "object" in str(refusal(body))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a":}',
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": .5}',
        b'{"a": "\x01"}',
        b'{"a": "\\x"}',
        b'{"a": 1} {}',
        b'\xef\xbb\xbf{"a": 1}',
        b"// no\n{}",
        b'{"a": "',
        b'{"a": "\\',
    ],
)
def test_what_is_not_json_is_refused_where_it_goes_wrong(body):
    assert refusal(body).at.startswith("body")


def test_a_place_is_a_line_and_a_column():
    assert refusal(b'{\n  "a": 1\n  "b": 2}').at == "body, line 3, column 3"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_in_json_is_refused(number):
    assert number.decode().lstrip("-") in str(refusal(b'{"a": ' + number + b"}"))


@pytest.mark.parametrize(
    "number",
    [b"1e9999", b"1e-9999", b"1e99999999999999999999", b"9" * 5000, b"0." + b"1" * 500, b"-" + b"1" * 4301],
)
def test_a_number_beyond_all_fields_is_refused(number):
    assert "out of range" in str(refusal(b'{"a": ' + number + b"}"))


def test_a_number_that_only_a_field_can_refuse_is_read():
    assert read_object(b'{"a": 1e999}', JSON) == {"a": Decimal("1E+999")}


def test_a_key_that_stands_twice_is_refused():
    assert '"amount"' in str(refusal(b'{"amount": 1, "name": "x", "amount": 2}'))
    assert '"a"' in str(refusal(b'{"items": [{"a": 1, "a": 1}]}'))


def test_bytes_that_are_not_utf_8_are_refused():
    assert refusal(b'{"a": "\xff"}').at == "body, byte 7"


def test_a_lone_surrogate_is_left_to_the_field():
    assert read_object(b'{"a": "\\ud800"}', JSON) == {"a": "\ud800"}


def test_a_body_may_be_so_deep_and_no_deeper():
    def nested(levels: int) -> bytes:
        return b'{"a": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    read_object(nested(DEEPEST), JSON)
    assert "nested" in str(refusal(nested(DEEPEST + 1)))
    assert "nested" in str(refusal(nested(100)))
    assert "nested" in str(refusal(b"[" * 1_000_000))


def test_brackets_in_a_text_are_not_levels():
    text = "[" * 100 + '\\"' + "{" * 100
    assert read_object(b'{"a": "' + text.encode() + b'"}', JSON) == {"a": text.replace('\\"', '"')}


@pytest.mark.parametrize(
    "body", [b'{"a": "' + b'\\"' * 500_000, b'"' * 1_000_001, b"\\" * 1_000_000, b'{"a": "' + b"\\" * 999_999]
)
def test_a_hostile_body_costs_no_more_than_its_length(body):
    started = time.perf_counter()
    refusal(body)
    assert time.perf_counter() - started < 2
