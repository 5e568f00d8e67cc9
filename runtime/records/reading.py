"""Reading what was written: each value through its field's type, and the same text in a field only once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runtime.base.messages import Message
from runtime.fields.base import InvalidValueError, Match, Parsing
from runtime.records.plan import FieldPlan, ModulePlan


@dataclass(frozen=True, slots=True)
class Linking:
    """A change of links that names only what is to come and to go; a plain list would replace them all.

    Both lists are as they would be written in a request.
    """

    add: tuple[object, ...] = ()
    remove: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedLinking:
    """A :class:`Linking` whose lists are canonical: Link, int or Match."""

    add: tuple[object, ...]
    remove: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Some parts of a composite value; the others stay as they are. ``values`` are as they were written, or
    canonical once they were read (``read``).
    """

    values: Mapping[str, object]
    read: bool = False


WRONG = object()
"""Stands for a value that cannot be read."""

Wrong = list[tuple[str, Message | None]]
"""What is wrong with the values of a record, by field; None where there is no such field to be written."""


class Reading:
    """How the fields of one module are read in one batch: a column of a file repeats its texts."""

    def __init__(
        self,
        fields: Mapping[str, FieldPlan],
        parsing: Parsing,
        formats: Mapping[str, Parsing],
        rows: bool = False,
    ) -> None:
        """``formats`` are how single fields are read, where ``parsing`` does not serve all.

        The money of ``rows`` waits for the currency of their record, where none is written.
        """
        if rows:
            parsing = replace(parsing, currency="")
            formats = {key: replace(each, currency="") for key, each in formats.items()}
        self._readers: dict[str, tuple[FieldPlan, Parsing, dict[str, object] | None]] = {
            key: (field, formats.get(key, parsing), None if field.field.unique else {})
            for key, field in fields.items()
        }

    def read(self, raw: Mapping[str, object]) -> tuple[dict[str, object], Wrong]:
        """The canonical values of one record, and what cannot be read."""
        values: dict[str, object] = {}
        wrong: Wrong = []
        readers = self._readers
        for key, written in raw.items():
            reader = readers.get(key)
            if reader is None:
                wrong.append((key, None))
                continue
            field, parsing, known = reader
            try:
                if type(written) is str and known is not None:
                    if written in known:
                        values[key] = known[written]
                    else:
                        values[key] = known[written] = field.parse(written, field.field, parsing)
                elif type(written) is Match:
                    values[key] = written
                elif type(written) is Parts:
                    parts = field.type.part_values(written.values, field.field, parsing)
                    values[key] = Parts(parts, read=True)
                elif type(written) is Linking:
                    values[key] = ParsedLinking(
                        _listed(written.add, field, parsing), _listed(written.remove, field, parsing)
                    )
                else:
                    values[key] = field.parse(written, field.field, parsing)
            except InvalidValueError as error:
                wrong.append((key, error.message))
        return values, wrong

    def column(self, key: str, texts: Iterable[str]) -> dict[str, object]:
        """What each text of a field's column means; :data:`WRONG` where it cannot be read."""
        reader = self._readers.get(key)
        if reader is None:
            return dict.fromkeys(texts, WRONG)
        field, parsing, _ = reader
        found: dict[str, object] = {}
        for text in texts:
            try:
                found[text] = field.parse(text, field.field, parsing)
            except InvalidValueError:
                found[text] = WRONG
        return found


def fields_of(plan: ModulePlan, parsing: Parsing) -> Mapping[str, FieldPlan]:
    """The fields that may be given by a door: an import may bring numbers along."""
    return plan.importable if parsing.door == "import" else plan.writable


def _listed(raw: tuple[object, ...], field: FieldPlan, parsing: Parsing) -> tuple[object, ...]:
    found: list[object] = []
    for item in raw:
        if type(item) is Match:
            found.append(item)
        else:
            parsed = field.parse([item], field.field, parsing)
            found.extend(parsed if isinstance(parsed, tuple) else [parsed])
    return tuple(found)
