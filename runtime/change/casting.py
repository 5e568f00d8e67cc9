"""Casting: what a value of one field is as the value of another, by what both types say of their texts.

A value goes over as it is where the new type takes it, and else as the text that a person would read, which
the new type reads as it reads a file's: any type can so become any other whose texts are its own. What stands
here beside that are the pairs in which something else is meant, or something is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from runtime.fields.base import FieldType, InvalidValueError, Parsing
from runtime.fields.formats import Formats
from runtime.model.catalog import Field, Picklist
from runtime.model.values import Address, AllDay, Entry, Money, Ref, RichText

REMEMBERED = 20_000
"""How many different values' casts are remembered: a column repeats its values."""
NUMBERS = ("integer", "decimal", "percent", "rating")
SEVERAL = ("multi_picklist", "tags")
WORDS: Mapping[bool, tuple[str, ...]] = {True: ("true", "yes", "1"), False: ("false", "no", "0")}


class Cast(NamedTuple):
    """What came of a value: the new one, or a sentence that says why there is none. ``loses`` says that the
    old value cannot be had from the new one.
    """

    value: Any = None
    problem: str = ""
    loses: bool = False


EMPTY = Cast()


@dataclass(frozen=True, slots=True)
class Side:
    """A field, its type, and the picklists of its configuration."""

    field: Field
    kind: FieldType
    picklists: Mapping[str, Picklist]


class Casting:
    """Casts the values of one field, or of an expression (``old`` is None then), to another field's."""

    def __init__(self, old: Side | None, new: Side, parsing: Parsing) -> None:
        """``parsing`` reads as an import does."""
        self._old = old
        self._new = new
        self._parsing = parsing
        self._formats: Formats = parsing.formats
        self._known: dict[object, Cast] = {}
        self._direct = (old is None or old.field.settings.get("picklist") is None) and _reads_text(new)
        self._stay = new.kind.stay(new.field) if self._direct else None
        self.stayed = 0
        """Of how many values it was told at once that they stay as they are."""

    def cast(self, value: object) -> Cast:
        """What a value becomes; records that are pointed at come as :class:`Ref`."""
        if value is None or value == ():
            return EMPTY
        try:
            known = self._known.get(value)
        except TypeError:  # a value that has no hash
            return self._cast(value)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[value] = self._cast(value)
        return known

    def cast_all(self, values: Sequence[object]) -> list[Cast]:
        """What each of many values becomes."""
        if self._stay is not None:
            texts = [each for each in values if type(each) is str]
            if len(texts) + values.count(None) == len(values) and self.stay(texts):
                self.stayed += len(values)
                return [EMPTY if each is None else Cast(each) for each in values]
        return [self.cast(each) for each in values]

    def stay(self, texts: Sequence[str]) -> bool:
        """Whether each of many texts becomes itself; False also where that cannot be told at once."""
        return self._stay is not None and (not texts or self._stay(texts))

    def few(self, most: int) -> Mapping[str, object]:
        """What each of the different texts has become that were cast; nothing where they are more than
        ``most``, or where not every one is a text that has become a value.
        """
        if len(self._known) > most:
            return {}
        found = {key: each.value for key, each in self._known.items() if isinstance(key, str)}
        is_whole = len(found) == len(self._known) and not any(each.problem for each in self._known.values())
        return found if is_whole and not any(each in (None, ()) for each in found.values()) else {}

    def text(self, value: Any) -> str:
        """A value of the old field as a person reads it."""
        if value is None or value == ():
            return ""
        if isinstance(value, Ref):
            return value.title
        if isinstance(value, tuple):
            return ", ".join(map(self.text, value))
        if isinstance(value, Entry):
            return value.value
        if isinstance(value, bool):
            return self._formats.boolean(value)
        if self._old is None:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        old = self._old
        if old.field.settings.get("picklist") is not None:
            return self._label(str(value))
        if isinstance(value, Address):
            return value.line
        return old.kind.plain(value)

    def _cast(self, value: object) -> Cast:
        try:
            if self._direct and type(value) is str:
                return Cast(self._parse(value))
            return self._made(value)
        except InvalidValueError as error:
            return Cast(problem=str(error))
        except (ValueError, ArithmeticError, OverflowError):
            return Cast(problem=f"{self._new.field.label} cannot hold it.")

    def _made(self, value: Any) -> Cast:
        if isinstance(value, tuple):
            return self._of_several(value)
        if isinstance(value, Entry):
            return self._made(value.value)
        found = self._between(value)
        if found is not None:
            return found
        if self._old is not None and self._old.field.type == self._new.field.type:
            return Cast(self._parse(value))
        return self._by_text(value)

    def _of_several(self, values: tuple[Any, ...]) -> Cast:
        new = self._new.field
        if new.type in SEVERAL or new.settings.get("many"):
            texts = [key for each in values for key in self._keys(each)]
            return Cast(self._parse(texts))
        if len(values) == 1:
            return self._made(values[0])
        if new.type in ("text", "long_text", "rich_text"):
            return Cast(self._parse(self.text(values)))
        return Cast(problem=f"{new.label} holds one value, and there are {len(values)}.")

    def _keys(self, value: Any) -> list[str]:
        # One value among several: its key where the new picklist has it, else its label.
        if self._new.field.settings.get("picklist") is None:
            return [self.text(value)]
        picklist = self._new.picklists[self._new.field.settings["picklist"]]
        return [value if isinstance(value, str) and value in picklist.values else self.text(value)]

    def _between(self, value: Any) -> Cast | None:
        """The pairs of which something is to be said; None for all others."""
        new, parse = self._new.field, self._parse
        picklist = self._new.picklists.get(new.settings.get("picklist", ""))
        if picklist is not None:
            return Cast(self._choice(value, picklist))
        if isinstance(value, RichText):
            return Cast(parse(value)) if new.type == "rich_text" else Cast(parse(value.text), loses=True)
        if isinstance(value, bool) and new.type in NUMBERS:
            return Cast(parse(int(value)))
        if isinstance(value, bool) or new.type == "boolean":
            return self._boolean(value)
        if isinstance(value, int | Decimal) and new.type in (*NUMBERS, "money"):
            return self._number(Decimal(value))
        if isinstance(value, Money) and new.type in (*NUMBERS, "money"):
            return self._money(value)
        if isinstance(value, datetime | AllDay) and new.type == "date":
            return self._day(value)
        if isinstance(value, date) and not isinstance(value, datetime) and new.type == "datetime":
            return Cast(parse(datetime.combine(value, time(), self._parsing.timezone)))
        return None

    def _boolean(self, value: Any) -> Cast:
        if self._new.field.type != "boolean":
            return self._by_text(value)
        if isinstance(value, bool):
            return Cast(value)
        for said in dict.fromkeys((str(value), self.text(value))):
            try:
                return Cast(self._parse(said))
            except InvalidValueError:
                continue
        return Cast(problem=f"{self._new.field.label} must be yes or no.")

    def _number(self, value: Decimal) -> Cast:
        made: Any
        if self._new.field.type in ("integer", "rating"):
            made = self._parse(int(value.to_integral_value(ROUND_HALF_UP)))
        else:
            made = self._parse(value)
        held = made.amount if isinstance(made, Money) else made
        return Cast(made, loses=Decimal(held) != value)

    def _money(self, value: Money) -> Cast:
        if self._new.field.type == "money":
            made: Any = self._parse(value)
            return Cast(made, loses=made.amount != value.amount)
        if value.currency != self._parsing.currency:
            said = f"The amount is in {value.currency}, and {self._new.field.label} has no currency."
            return Cast(problem=said)
        return self._number(value.amount)

    def _day(self, value: datetime | AllDay) -> Cast:
        if isinstance(value, AllDay):
            return Cast(self._parse(value.day))
        local = value.astimezone(self._parsing.timezone)
        return Cast(self._parse(local.date()), loses=local.time() != time())

    def _choice(self, value: Any, picklist: Picklist) -> object:
        """A value of a picklist: by its key, else by what is read of the old value."""
        several = self._new.field.type in SEVERAL
        words = WORDS[value] if isinstance(value, bool) else ()
        keys = [value] if isinstance(value, str) else [*words, self.text(value)]
        key = next((each for each in keys if each in picklist.values), None) or self.text(value)
        return self._parse([key] if several else key)

    def _by_text(self, value: Any) -> Cast:
        text = self.text(value)
        loses = self._old is not None and not self._old.kind.plain_is_whole
        return Cast(self._parse(text), loses=loses)

    def _label(self, key: str) -> str:
        assert self._old is not None
        return self._old.kind.text(
            (key,) if self._old.field.type in SEVERAL else key,
            self._old.field,
            self._formats,
            self._old.picklists,
        )

    def _parse(self, raw: object) -> object:
        return self._new.kind.parse(raw, self._new.field, self._parsing)


def _reads_text(side: Side) -> bool:
    """Whether a text is read as it stands, and nothing else is to be said of it."""
    return side.field.type != "boolean" and side.field.settings.get("picklist") is None
