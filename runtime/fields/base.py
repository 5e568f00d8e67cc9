"""What a field type declares: everything the program knows of it stands in its one file."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.types import TypeEngine

from runtime.base.messages import Message, message, phrase
from runtime.fields.bars import Drawing
from runtime.fields.formats import Formats, UnreadableError
from runtime.model.catalog import Field, Picklist
from runtime.model.types import ValueType


class InvalidValueError(Exception):
    """A value that a field refuses; ``message`` is the sentence shown at the field."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the pack a field type may look at while it completes its settings."""

    currency: str
    currencies: tuple[str, ...]
    timezone: str
    country: str = ""
    modules: tuple[str, ...] = ()
    """The modules that have records of their own: no rows, and none of the program's."""


@dataclass(frozen=True, slots=True)
class Parsing:
    """How to read what was written: whose language and time zone, through which door, in which formats.

    ``door`` is ``form``, ``rest`` or ``import``. A form and an import give text; REST gives JSON values.
    ``currency`` is that of money written without one; '' leaves it open, for what the rows' record tells.
    ``decimal`` is the decimal separator and ``date_format`` the strptime format that an import's map names.
    """

    door: str
    formats: Formats
    timezone: ZoneInfo
    currency: str
    picklists: Mapping[str, Picklist]
    decimal: str | None = None
    date_format: str | None = None
    types: "Mapping[str, FieldType]" = field(default_factory=lambda: MappingProxyType({}))
    """The field types by name; only a type that holds other fields (a link's attributes) asks for them."""
    seal: Callable[[str], str] | None = None
    """Encrypts a secret; None where none may be written."""


@dataclass(frozen=True, slots=True)
class Column:
    """A physical column of a field. ``suffix`` is '' for the value itself, ``currency`` for money's other.

    ``references`` is the module whose ``id`` the column points at, when it is a foreign key.
    """

    suffix: str
    type: TypeEngine[Any]
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A related record named by the values of its fields instead of its id: ``{"match": {"email": "…"}}``.

    ``values`` are as they were written; ``attributes`` are a link's own, canonical, where it is one of
    ``relations``.
    """

    values: Mapping[str, object]
    attributes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Example:
    """A value as it may be written in REST, and the canonical value it becomes; run by the contract tests."""

    raw: object
    value: object
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Input = str | tuple[str, ...] | Mapping[str, str] | tuple[Mapping[str, str], ...]
"""What a form's control holds: a text, several, its parts by name (money: ``amount`` and ``currency``), or
several of such parts."""

Schema = Mapping[str, Any]
"""A JSON Schema."""


class Sent(Protocol):
    """What a browser sent: texts by the names of its controls."""

    def text(self, name: str, otherwise: str = "") -> str:
        """The last text sent under a name."""
        ...

    def texts(self, name: str) -> list[str]:
        """Every text sent under a name."""
        ...


class FieldType(ABC):
    """One type of field. It has no state: what differs between two fields is in their settings."""

    name: ClassVar[str]
    """The type's name in the language."""
    title: ClassVar[str]
    """The type's name for people, in English."""
    widget: ClassVar[str]
    """The file in ``templates/widgets/`` that draws it."""
    settings_schema: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
    """JSON Schema of each setting of its own, by key; ``description`` is the reference's text."""
    required_settings: ClassVar[tuple[str, ...]] = ()
    """The settings that must be written."""
    later_settings: ClassVar[tuple[str, ...]] = ()
    """Settings that the language names and this version does not have yet."""
    instead: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Settings that people look for and that mean nothing here, each with why, and what to write instead."""
    operators: ClassVar[tuple[str, ...]] = ("==", "!=", "in", "not in", "is_empty")
    """The operators of the expression language a person may filter it by."""
    linked: ClassVar[bool] = False
    """Whether its values live in a link table instead of in columns of the record's own table."""
    sortable: ClassVar[bool] = True
    """Whether a list may be sorted by it."""
    filtered_by: ClassVar[str] = "text"
    """The control that a quick filter of it is: ``text`` (a part of it), ``value`` (the whole of it),
    ``range``, ``period``, ``yes_no``, ``choice``, ``member`` (one of its values), ``record``, or ``filled``
    (whether there is one)."""
    measured: ClassVar[bool] = False
    """Whether its values are quantities, which stand in columns under each other's ends."""
    grouped: ClassVar[bool] = False
    """Whether its control is several controls, so that its label names the group and no single one."""
    plain_is_whole: ClassVar[bool] = True
    """Whether :meth:`plain` says all of a value; a formatted text loses its form there."""
    parts: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What a composite value is made of: the suffix of each part's column, and the type that a part has."""
    attaches: ClassVar[bool] = False
    """Whether its values are files, which come along with a form."""
    unfit: ClassVar[str] = phrase("{label} names a record that may not be chosen here.")
    """What is said of a record that :meth:`choosable` leaves out."""
    computable: ClassVar[bool] = False
    """Whether a ``formula:`` may work its value out: one value, which the database can give."""
    compared: ClassVar[str] = "exactly"
    """How its values are compared when duplicates are looked for: ``exactly``, ``freely`` (a text, of which
    some letters may differ), or ``never``."""
    hidden: ClassVar[bool] = False
    """Whether nobody is shown its values: no answer, export, change log, search or filter has them."""
    given: ClassVar[bool] = False
    """Whether the program gives its values, so that no form or REST request writes them; an import may."""
    examples: ClassVar[tuple[Example, ...]] = ()
    """Values that are accepted, with what they become."""
    rejects: ClassVar[tuple[object, ...]] = ()
    """Values that are refused, each with a message."""

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with every default filled in; raises InvalidValueError when they contradict."""
        return dict(settings)

    @abstractmethod
    def value_type(self, settings: Mapping[str, Any]) -> ValueType:
        """What its values are to an expression."""

    @abstractmethod
    def columns(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        """Its physical columns, the value's own first; () for a linked type."""

    @abstractmethod
    def parse(self, raw: object, field: Field, parsing: Parsing) -> object:
        """The canonical value of what was written; None (or ()) when it is empty.

        Raises :class:`InvalidValueError`. A relation gives the id as an int, or a :class:`Match`; that the
        record exists is the writer's question. A canonical value is accepted too, at every door.
        """

    def to_columns(self, value: object) -> tuple[object, ...]:
        """The value's parts in the order of :meth:`columns`; the last columns may be left out when empty."""
        return (value,)

    def in_columns(self, value: object, count: int) -> tuple[object, ...]:
        """The value's parts for so many columns."""
        parts = self.to_columns(value)
        return parts + (None,) * (count - len(parts))

    def from_columns(self, parts: tuple[Any, ...]) -> object:
        """The canonical value from what the columns hold."""
        return parts[0]

    def is_kept_as_it_is(self, columns: int) -> bool:
        """Whether a value in so many columns is the canonical value as it stands, without a call for each."""
        kind = type(self)
        plain = kind.to_columns is FieldType.to_columns and kind.from_columns is FieldType.from_columns
        return columns == 1 and plain

    def stay(self, field: Field) -> Callable[[Sequence[str]], bool] | None:
        """What tells quickly of many texts that :meth:`parse` gives them all back as they stand; it may be
        unsure of some that do. None where each text is to be parsed.
        """
        return None

    def to_json(self, value: Any) -> object:
        """The REST form of a canonical value; also what the change log keeps."""
        return value

    def from_json(self, value: Any) -> object:
        """The canonical value of what :meth:`to_json` gave, unchecked: it may be older than the settings."""
        return value

    @abstractmethod
    def text(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """The value for a person, '' when it is empty; a :class:`~runtime.model.values.Ref` is its title."""

    def html(self, value: Any, field: Field) -> str | None:
        """The value as safe HTML, for a card; None where its text is all there is to show."""
        return None

    def found_by(self, value: Any, field: Field, formats: Formats, picklists: Mapping[str, Picklist]) -> str:
        """What a search finds the value by."""
        return self.text(value, field, formats, picklists)

    def plain(self, value: Any) -> str:
        """The value as text for a machine (a CSV file), '' when it is empty; an import reads it back alike.

        Numbers have ``.`` for their decimals whatever the language, so an import of them names that one.
        """
        return "" if value is None else str(value)

    def input(self, value: Any, field: Field, formats: Formats) -> Input:
        """What the form's control holds, '' when it is empty; a form that sends it back means the same value.

        Where a control cannot say all of a value (a moment's microseconds, the second of two equal hours in
        autumn), what comes back unchanged must be compared with this and left alone.
        """
        return self.plain(value)

    def choices(self, formats: Formats) -> Mapping[str, str]:
        """What a select offers, labels by value, where there is a list that no picklist has."""
        return MappingProxyType({})

    def likeness(self, value: Any) -> tuple[str, ...]:
        """What of a value is compared when duplicates are looked for: two are alike with one in common."""
        parts = [str(part) for part in self.to_columns(value) if part is not None]
        return ("\0".join(parts),) if parts else ()

    def part_values(self, raw: Mapping[str, object], field: Field, parsing: Parsing) -> Mapping[str, object]:
        """Some parts of a composite value, canonical; raises InvalidValueError."""
        raise refuse(field, "{label} has no parts.")

    def merged(self, old: Any, parts: Mapping[str, object]) -> object:
        """A composite value with some of its parts changed."""
        return old

    def choosable(self, settings: Mapping[str, Any]) -> str:
        """The condition on records that a field of records may point at, in their terms; '' for any."""
        return str(settings.get("where", ""))

    def sent(self, form: Sent, name: str) -> Input:
        """What a form sent of its control, in the shape of :meth:`input`; :meth:`parse` reads it.

        The control is called ``name``, and its other parts ``name:part``.
        """
        return form.text(name)

    def is_unchanged(self, sent: Input, held: Input) -> bool:
        """Whether a control came back as it was drawn: what was sent beside what it held."""
        return (sent.replace("\r\n", "\n") if isinstance(sent, str) else sent) == held

    def drawing(self, value: Any, field: Field) -> Drawing | None:
        """The value as an image, for a card; None for a type that has none."""
        return None

    def schema(self, settings: Mapping[str, Any]) -> Schema | None:
        """JSON Schema of what REST gives; None where the value's type says it."""
        return None

    def written_schema(self, settings: Mapping[str, Any]) -> Schema | None:
        """JSON Schema of what REST takes; None where the value's type says it."""
        return self.schema(settings)


def refuse(field: Field, text: str, **parameters: object) -> InvalidValueError:
    """The error of a value that does not fit; ``text`` is a whole sentence about ``{label}``."""
    return InvalidValueError(message(text, label=field.label, **parameters))


def refuse_unreadable(field: Field, error: UnreadableError) -> InvalidValueError:
    """The error of a text that :class:`Formats` could not read."""
    return refuse(field, error.message.text, **error.message.parameters)
