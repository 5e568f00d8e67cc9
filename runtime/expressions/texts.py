"""What functions of text mean in Python, and the letters that they share with PostgreSQL.

Capitals and small letters are those of Unicode 14.0, one for one (``letters.py``), so that the databases can
do the same whatever their own locale is. No text that is made is longer than 100,000 characters: a longer one
is empty. An empty text is no text.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from runtime.expressions.letters import FINAL_SIGMA, small_letters

LONGEST = 100_000
SPACE = " \t\r\n\u00a0"

_SMALL: Mapping[int, int] = MappingProxyType(
    {capital: small for capital, small in small_letters().items() if capital != FINAL_SIGMA}
)
_CAPITAL: Mapping[int, int] = MappingProxyType(
    {
        small: capital
        for capital, small in sorted(_SMALL.items(), reverse=True)
        if small > 0x7F or capital < 0x80
    }
)
_PARTS = {"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ł": "l", "ı": "i", "ß": "s", "æ": "a", "œ": "o"}  # noqa: RUF001


def _plain_letters() -> dict[int, int]:
    """The letter of a to z that each accented Latin letter is made of."""
    found = {ord(letter): ord(base) for letter, base in _PARTS.items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        parts = unicodedata.normalize("NFD", chr(code))
        if len(parts) > 1 and "a" <= parts[0] <= "z":
            found[code] = ord(parts[0])
    return found


PLAIN: Mapping[int, int] = MappingProxyType(_plain_letters())


def kept(text: str) -> str | None:
    """A text that was made: None when there is nothing in it, or too much."""
    return text if 0 < len(text) <= LONGEST else None


def upper(text: str) -> str:
    """In capitals, letter by letter: ``ß`` has none."""
    return text.upper() if text.isascii() else text.translate(_CAPITAL)


def lower(text: str) -> str:
    """In small letters, letter by letter."""
    return text.lower() if text.isascii() else text.translate(_SMALL)


def title(text: str) -> str:
    """Each word's first letter a capital, the others small; words are parted by spaces and hyphens."""
    return re.sub(r"(?<![^ \t\r\n\u00a0-]).", lambda found: upper(found[0]), lower(text), flags=re.DOTALL)


def slug(text: str) -> str:
    """Small letters without accents, digits and hyphens."""
    plain = unicodedata.normalize("NFC", text).translate(_SMALL).translate(PLAIN)
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


def postgresql() -> tuple[str, ...]:
    """The functions of text that PostgreSQL is given: what follows CREATE OR REPLACE FUNCTION."""
    pure = "IMMUTABLE PARALLEL SAFE AS"
    small, plain = _tables(_SMALL), _tables(PLAIN)
    made = [
        f"{{place}}.trellis_{name}(value text) RETURNS text LANGUAGE plpgsql {pure} $$ BEGIN "
        f'IF octet_length(value) = char_length(value) THEN RETURN {name}(value COLLATE "C"); END IF; '
        f"RETURN translate(value, {_tables(table)}); END $$"
        for name, table in (("upper", _CAPITAL), ("lower", _SMALL))
    ]
    spaces = _code_points(SPACE + "-")
    return (
        *made,
        (
            f"{{place}}.trellis_title(value text) RETURNS text LANGUAGE plpgsql {pure} $$ DECLARE "
            f"small text := {{place}}.trellis_lower(value); made text := ''; first "
            f"boolean := true; one text; "
            f"BEGIN IF value IS NULL THEN RETURN NULL; END IF; "
            f"FOREACH one IN ARRAY regexp_split_to_array(small, '') LOOP "
            f"made := made || CASE WHEN first THEN {{place}}.trellis_upper(one) ELSE one END; "
            f"first := strpos({spaces}, one) > 0; END LOOP; RETURN made; END $$"
        ),
        (
            f"{{place}}.trellis_slug(value text) RETURNS text LANGUAGE plpgsql {pure} $$ BEGIN "
            f"RETURN "
            f"nullif(btrim(regexp_replace(translate(translate(normalize(value, NFC), {small}), {plain}), "
            f"'[^a-z0-9]+', '-', 'g'), '-'), ''); END $$"
        ),
        (
            f"{{place}}.trellis_kept(value text) RETURNS text LANGUAGE sql {pure} $$ "
            f"SELECT CASE WHEN char_length(value) <= {LONGEST} THEN nullif(value, '') END $$"
        ),
        # 60 characters of digits are plenty: a number has 36 of them before the point and 12 behind it.
        (
            f"{{place}}.trellis_written(value numeric) RETURNS text LANGUAGE sql {pure} $$ "
            f"SELECT trim_scale(value)::text $$"
        ),
    )


def _tables(table: Mapping[int, int]) -> str:
    letters = sorted(table)
    before, after = "".join(map(chr, letters)), "".join(chr(table[letter]) for letter in letters)
    return f"'{before}', '{after}'"


def _code_points(text: str) -> str:
    return "E'" + "".join(f"\\u{ord(character):04X}" for character in text) + "'"
