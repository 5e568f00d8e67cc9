"""Folding and order of text."""

import sys
import unicodedata

import pytest
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy import text as statement

from runtime.expressions.letters import small_letters
from runtime.expressions.text import fold, folded, order_key, ordered

SAMPLES = ("ÅÄÖ", "åäö", "éüß", "İı", "ΟΔΟΣ ος", "Ǆ", "ÅBO Oy", "e\u0301", "\u212b", "K", "中文", "😀", "ﬀ")


def all_characters():
    return [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if not 0xD800 <= code <= 0xDFFF and unicodedata.category(chr(code)) != "Cn"
    ]


def cased_and_accented():
    """Every letter that has a case, every one that is composed, and the characters around them."""
    return [
        character
        for character in all_characters()
        if character < "\u2000"
        or character.lower() != character.upper()
        or (unicodedata.normalize("NFD", character) != character and not "\uac00" <= character < "\ud800")
    ]


@pytest.mark.parametrize(
    "written, small",
    [
        ("ÅBO Akademi", "åbo akademi"),
        ("ÄÖ", "äö"),
        ("É", "é"),
        ("e\u0301", "é"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδος", "οδοσ"),
        ("ẞ", "ß"),
        ("Ж", "ж"),
    ],
)
def test_folding_composes_and_makes_small(written, small):
    assert fold(written) == small


def test_a_to_z_come_first_and_then_å_ä_ö():
    words = ["Öljy", "åbo", "Ähtäri", "zebra", "Äänekoski", "Abo", "Åland", "müller", "mynt", "Élan", "elk"]
    assert sorted(words, key=order_key) == [
        *("Abo", "Élan", "elk", "müller", "mynt", "zebra"),
        *("åbo", "Åland", "Ähtäri", "Äänekoski", "Öljy"),
    ]


def test_the_table_has_every_capital_of_unicode():
    small = small_letters()
    for character in all_characters():
        if unicodedata.normalize("NFC", character) != character:
            continue  # it folds as what it is composed to
        lower = character.lower()
        if character == "ς":
            continue
        if character == "\u0130":
            assert small[ord(character)] == ord("i")
        elif lower != character or ord(character) in small:
            assert small[ord(character)] == ord(lower), hex(ord(character))


def test_folding_keeps_every_composed_character_one_character():
    for character in all_characters():
        composed = unicodedata.normalize("NFC", character)
        assert len(fold(character)) == len(order_key(character)) == len(composed)


def test_the_databases_fold_and_order_every_letter_as_python_does(connection: Connection):
    texts = Table("texts", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
    texts.create(connection)
    written = [*cased_and_accented(), *SAMPLES]
    connection.execute(insert(texts), [{"id": index, "text": text} for index, text in enumerate(written)])
    rows = connection.execute(select(texts.c.text, folded(texts.c.text), ordered(texts.c.text)))
    count = 0
    for text, small, key in rows:
        assert (small, key) == (fold(text), order_key(text)), hex(ord(text[0]))
        count += 1
    assert count == len(written)


def test_a_database_sorts_as_python_does(connection: Connection):
    texts = Table("texts", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
    texts.create(connection)
    written = [*SAMPLES, "zebra", "Zoo", "Öljy", "ahti", "Åland", "ähky", "50%", "", "é", "f", "{"]
    connection.execute(insert(texts), [{"id": index, "text": text} for index, text in enumerate(written)])
    rows = connection.execute(select(texts.c.text).order_by(ordered(texts.c.text), texts.c.id))
    assert list(rows.scalars()) == sorted(written, key=order_key)


def test_an_index_serves_the_order_and_the_folded_text(connection: Connection):
    texts = Table("texts", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
    Index("by_order", ordered(texts.c.text))
    Index("by_fold", folded(texts.c.text))
    texts.create(connection)
    rows = [{"id": index, "text": f"Åsiakas {index}"} for index in range(5000)]
    connection.execute(insert(texts), rows)
    connection.execute(statement("ANALYZE texts" if connection.dialect.name == "postgresql" else "ANALYZE"))
    page = select(texts.c.text).order_by(ordered(texts.c.text)).limit(5)
    assert "by_order" in plan_of(connection, page)
    assert "by_fold" in plan_of(connection, select(texts.c.id).where(folded(texts.c.text) == "åsiakas 7"))


def plan_of(connection: Connection, query) -> str:
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(explain + sql.replace("%", "%%")))


def test_an_empty_text_stays_empty_in_sql(connection: Connection):
    assert connection.execute(select(func.trellis_fold(None), func.trellis_order(None))).one() == (None, None)
