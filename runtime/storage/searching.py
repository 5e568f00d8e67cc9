"""Searching: the text that a record is found by, and the trigram index that makes looking inside words
quick.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runtime.base.registry import Registry
from runtime.expressions.text import fold
from runtime.fields.base import FieldType
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Module, Path, Picklist
from runtime.model.values import Address

LEAST = 3
"""A trigram index finds words of this many characters or more; shorter ones are looked for by reading."""

LATER = "search later"
"""A counter that is there, in one transaction, while :mod:`runtime.storage.bulk` inserts many rows: the
insert trigger then rests, and one statement makes their search entries (in a third of the time)."""

PHONE = re.compile(r"[+(]?[0-9][0-9 ()./\-]{3,}")
"""What may be a telephone number, or a part of one, as people write it."""

BETWEEN = "\n"
"""Stands between two fields' texts, so that a word never reaches from one into the next."""


def search_paths(module: Module) -> tuple[Path, ...]:
    """What a module is searched by: what it says, else its title; rows are only searched when they say so."""
    if module.search or module.parent is not None:
        return module.search
    return tuple(path for _, path in module.title.parts)


def own_search_fields(module: Module) -> tuple[Field, ...]:
    """The fields whose texts the record itself keeps. Paths through relations are looked up where they
    lead.
    """
    found = [path.field for path in search_paths(module) if not path.hops and not path.field.targets]
    number = module.record_fields.get("number")
    if number is not None and module.numbering is not None and search_paths(module) and number not in found:
        found.insert(0, number)
    return tuple({field.key: field for field in found}.values())


def related_search_paths(module: Module) -> tuple[Path, ...]:
    """The paths that lead into another record: through a relation, or to a relation (searched by its
    title).
    """
    return tuple(path for path in search_paths(module) if path.hops or path.field.targets)


def is_searched(module: Module) -> bool:
    """Whether a module's records keep a text to be found by."""
    return bool(own_search_fields(module))


def words(text: str) -> tuple[str, ...]:
    """The folded words of what a person typed; each must be found. NUL ends a text in a database, so it is
    left out.
    """
    return tuple(dict.fromkeys(fold(text.replace("\0", " ")).split()))[:8]


def digits(text: str) -> str:
    """Those of a telephone number as it is kept, without the zeros or the plus before it; '' for a text that
    cannot be one, or is too short to be looked for.
    """
    number = " ".join(text.replace("\0", " ").split())
    found = re.sub(r"[^0-9]", "", number).lstrip("0") if PHONE.fullmatch(number) else ""
    return found if len(found) >= LEAST else ""


def shape_of(text: str) -> tuple[bool, ...]:
    """What the SQL of a search depends on: whether each word is long enough for the index, and whether the
    text may be a telephone number.
    """
    return (*(len(word) >= LEAST for word in words(text)), bool(digits(text)))


@dataclass(frozen=True, slots=True)
class SearchText:
    """Makes the text that a module's records are found by; the writer keeps it in the column
    ``search_text``.
    """

    fields: tuple[Field, ...]
    types: Registry[FieldType]
    picklists: Mapping[str, Picklist]
    formats: Formats

    def of(self, values: Mapping[str, object]) -> str | None:
        """The text of a record with these canonical values; None when there is nothing to find it by."""
        found: list[str] = []
        for field in self.fields:
            value = values.get(field.key, values.get(field.whole))
            if isinstance(value, Address) and field.key != field.whole:
                value = value.part(field.key.partition(".")[2])
            if value is None or value == ():
                continue
            plain = isinstance(value, str) and field.value_type.name != "picklist"
            text = str(value) if plain else self._text(field, value)
            if text:
                found.append(fold(text.replace("\0", " ")))
        return BETWEEN.join(found) or None

    def changes_with(self, keys: Iterable[str]) -> bool:
        """Whether a change of these fields can change the text."""
        names = {field.whole for field in self.fields}
        return any(key in names for key in keys)

    def _text(self, field: Field, value: object) -> str:
        return self.types[field.type].found_by(value, field, self.formats, self.picklists)


def create_search_index(index: str, table: str) -> list[str]:
    """The statements that make SQLite's trigram table and the triggers that keep it.

    The triggers belong to the module's table: whoever recreates that table recreates them.
    """
    index_name, table_name = f'"{index}"', f'"{table}"'
    forget = (
        f"INSERT INTO {index_name} ({index_name}, rowid, search_text)"
        " SELECT 'delete', old.id, old.search_text WHERE old.search_text IS NOT NULL;"
    )
    keep = (
        f"INSERT INTO {index_name} (rowid, search_text)"
        " SELECT new.id, new.search_text WHERE new.search_text IS NOT NULL;"
    )
    trigger = 'CREATE TRIGGER "{index}_{event}" AFTER {when} ON {table} WHEN {changed} BEGIN {steps} END'
    one_by_one = f"NOT EXISTS (SELECT 1 FROM trellis_counters WHERE key = '{LATER}')"
    insert = {
        "event": "insert",
        "when": "INSERT",
        "changed": f"new.search_text IS NOT NULL AND {one_by_one}",
        "steps": keep,
    }
    update = {
        "event": "update",
        "when": "UPDATE OF search_text",
        "changed": "old.search_text IS NOT new.search_text",
        "steps": f"{forget} {keep}",
    }
    delete = {"event": "delete", "when": "DELETE", "changed": "old.search_text IS NOT NULL", "steps": forget}
    options = f"content='{table}', content_rowid='id', tokenize='trigram case_sensitive 1'"
    return [
        f"CREATE VIRTUAL TABLE {index_name} USING fts5(search_text, {options})",
        *(trigger.format(index=index, table=table_name, **each) for each in (insert, update, delete)),
    ]
