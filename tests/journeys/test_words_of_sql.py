"""A field may be called like a word of SQL."""

from urllib.parse import urlencode

from runtime.base.names import why_not_a_field_key
from tests.support.rest import make, read

TEXT = """
    abort action add after all analyze asc attach before begin between case cast check collate column commit
    conflict constraint create cross current database default deferrable delete desc distinct do drop each end
    escape except exclude exists explain fail filter first following for foreign from full generated glob
    group groups having ignore immediate index inner insert instead intersect into join key last left like
    limit match natural no nothing notnull of offset on order outer over partition plan pragma primary
    query raise range recursive references release rename replace restrict returning right rollback row rows
    savepoint select set table temp then ties to transaction trigger unbounded union unique update using
    vacuum values view virtual when where window with within without user analyse array both end grant
    initially lateral leading localtime only placing some symmetric trailing variadic collation concurrently
    tablesample system_user
"""
FREE = sorted({word for word in TEXT.split() if why_not_a_field_key(word) is None})
PACK = f"""
    schemas/modules/words.yaml:
      fields: {{name: {{type: text}}, {", ".join(f"{word}: {{type: text, index: true}}" for word in FREE)}}}
"""


def test_every_word_is_a_field_like_any_other(crm):
    program = crm(PACK).program()
    made = make(program, "words", name="Words", **{word: word.upper() for word in FREE})
    found = read(program, f"/words/{made['id']}")["data"]
    assert {word: found[word] for word in FREE} == {word: word.upper() for word in FREE}
    for word in ("returning", "nothing", "current"):
        query = urlencode({"where": f"{word} == '{word.upper()}'", "sort": f"-{word}"})
        assert [each["id"] for each in read(program, f"/words?{query}")["data"]] == [made["id"]]
