"""Formulas in CSV files: a text that a spreadsheet would run gets an apostrophe, and loses it when read.

A spreadsheet takes a cell of a CSV file for a formula when it begins with ``=``, ``+``, ``-`` or ``@``, some
also behind white space or characters that are not seen. What begins with a tab or a line end may end up in a
cell of its own. Plain numbers and telephone numbers stay as they are: they name no function and no cell. In a
spreadsheet's own formats none of this is needed, for there a text says that it is one.

``plain(guarded(text)) == text`` for every text.
"""

import re
import unicodedata

MARK = "'"
"""What spreadsheets themselves put before a text that is to be no formula."""

_STARTS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_HARMLESS = re.compile(
    r"[+-]?[0-9]+(?:[.,][0-9]+)*(?: ?(?:%|[A-Z]{3}))?"  # a number, a percentage, an amount of money
    r"|\+[0-9][0-9 ()-]{2,29}"  # a telephone number
)


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    if not text or text[0].isalnum() or not _is_risky(text.lstrip(MARK)):
        return text
    return MARK + text


def plain(cell: str) -> str:
    """The text that a cell of a CSV file stands for."""
    return cell[1:] if cell[:1] == MARK and _is_risky(cell.lstrip(MARK)) else cell


def _is_risky(text: str) -> bool:
    if text[:1] in _BREAKS and text:
        return True
    for character in text:
        if character.isspace() or unicodedata.category(character)[0] in "CMZ":
            continue
        folded = unicodedata.normalize("NFKC", character)[:1]
        return folded in _STARTS and not _HARMLESS.fullmatch(text)
    return False
