"""How a field sorts: the one expression that a list orders by and an index is made on, so that they always
match.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal_column
from sqlalchemy.sql.elements import ColumnClause

from runtime.expressions.renamed import stored_text
from runtime.expressions.text import ordered
from runtime.model.catalog import Field, Path, Picklist, Title
from runtime.model.types import TEXT, PicklistType

LONG = 600
"""Characters; PostgreSQL cannot index a longer text whole, so a field that may be longer sorts by its
beginning.
"""


def order_of(
    field: Field, column: ColumnElement[Any], picklists: Mapping[str, Picklist]
) -> ColumnElement[Any]:
    """What a field that points at no record sorts by, empty where the field is empty.

    Text sorts by the order of letters, a picklist by the order its values are written in, anything else by
    its value. A number (``POT-2026-00012``) sorts as it is: its column compares by code point.
    """
    if isinstance(field.value_type, PicklistType) and field.value_type.picklist in picklists:
        return _position(column, tuple(picklists[field.value_type.picklist].values))
    if field.value_type == TEXT and field.type != "auto_number":
        return ordered(column if field.settings.get("max", LONG + 1) <= LONG else func.substr(column, 1, 200))
    return column


def order_kind(field: Field, column: ColumnElement[Any], picklists: Mapping[str, Picklist]) -> str:
    """The same as a word, for an index's name to depend on."""
    if isinstance(field.value_type, PicklistType) and field.value_type.picklist in picklists:
        keys = picklists[field.value_type.picklist].values
        return "position:" + ",".join(stored_text(column.type, key) for key in keys)
    return "by letters" if field.value_type == TEXT and field.type != "auto_number" else "value"


def _position(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[Any]:
    # Literals, not parameters: an index on an expression serves only the very same expression.
    stored = [stored_text(column.type, key) for key in keys]
    positions = [(column == literal_text(key), _number(place)) for place, key in enumerate(stored)]
    return case(*positions, (column.is_not(None), _number(len(keys))))


def literal_text(key: str) -> ColumnClause[str]:
    """A text as SQL itself, not as a parameter: two statements that must be alike have it alike."""
    text = key.replace("'", "''")
    return literal_column(f"'{text}'")


def _number(value: int) -> ColumnClause[int]:
    return literal_column(str(value), Integer)


def has_own_order(title: Title) -> bool:
    """Whether a title is made of the record's own texts, so that an index can have its order."""
    return bool(title.parts) and all(_is_own_text(path) for _, path in title.parts)


def _is_own_text(path: Path) -> bool:
    # A part of a composite field is none: indexes are made of whole fields.
    field = path.field
    return not path.hops and path.attribute is None and field.type == "text" and field.key == field.whole


def joined_text(parts: Sequence[tuple[str, ColumnElement[Any]]]) -> ColumnElement[Any]:
    """Several texts as one, to sort a title of several parts by; empty where every part is."""
    whole: ColumnElement[Any] = func.coalesce(parts[0][1], literal_column("''"))
    for before, column in parts[1:]:
        piece = literal_text(before).op("||")(column) if before else column
        whole = whole.op("||")(func.coalesce(piece, literal_column("''")))
    return func.nullif(ordered(func.trim(whole)), literal_column("''"))
