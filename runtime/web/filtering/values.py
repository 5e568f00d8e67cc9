"""Values: what a row compares with, as a control holds it, as a condition has it, and as people read it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from runtime.base.messages import Message, message
from runtime.expressions.filters.base import FilterOperator
from runtime.expressions.shapes import MOST
from runtime.fields.base import InvalidValueError
from runtime.fields.formats import UnreadableError
from runtime.model.types import PERCENT, PicklistType
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.filtering.subjects import Subject
from runtime.web.titles import called
from runtime.web.views import FieldView, Item, Option, Views

COUNT = "n"
"""The hole of a number of days, or of months."""
SEVERAL = "values"
"""The hole of several values."""
LONGEST = 500
"""Characters of a text to compare with."""

Held = tuple[str, ...]
"""What a control holds: one text, or several."""


class UnfitError(Exception):
    """What a control holds is no value; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def targets_of(subject: Subject) -> tuple[str, ...]:
    """The modules whose records a subject may be."""
    return subject.field.targets or tuple(subject.field.settings.get("among", ()))


def is_record(subject: Subject) -> bool:
    """Whether a subject is a record, or several."""
    return bool(subject.kinds & {"record", "records"})


def held(call: Call, subject: Subject, hole: str, value: object) -> Held:
    """What a control holds of a canonical value."""
    if isinstance(value, tuple):
        return tuple(text for each in value for text in held(call, subject, hole, each))
    if isinstance(value, date):
        return (value.isoformat(),)
    if isinstance(value, Decimal):
        return (call.formats.input_number(value),)
    if subject.kinds & {"time", "duration"} and subject.path.attribute is None:
        kind = call.live.types[subject.field.type]
        return (str(kind.input(value, subject.field, call.formats)),)
    return (str(value),)


def read(call: Call, subject: Subject, hole: str, texts: Held) -> object:
    """The canonical value of what a control holds; raises :class:`UnfitError`."""
    if hole == SEVERAL:
        given = tuple(_one(call, subject, text) for text in texts if text)
        if not given:
            raise UnfitError(message("Choose one at least."))
        return given
    text = texts[-1] if texts else ""
    if not text.strip():
        raise UnfitError(
            message("Choose one.") if is_listed(subject) else message("Something is missing here.")
        )
    return _count(call, text) if hole == COUNT else _one(call, subject, text)


def is_listed(subject: Subject) -> bool:
    """Whether its values are chosen rather than typed."""
    return bool(subject.kinds & {"choice", "choices", "word", "record", "records"})


def _count(call: Call, text: str) -> int:
    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text[:9]) <= MOST:
        return int(text)
    raise UnfitError(message("A whole number from 1 to {most} is needed.", most=call.formats.integer(MOST)))


def _one(call: Call, subject: Subject, text: str) -> object:
    kinds = subject.kinds
    if is_record(subject):
        return _record(call, subject, text)
    if kinds & {"date", "datetime"}:
        return _unfit(lambda: call.formats.parse_date(text), subject)
    if "number" in kinds:
        number: Decimal = _unfit(lambda: call.formats.parse_decimal(text), subject)
        return int(number) if number.as_tuple().exponent == 0 else number
    if kinds & {"time", "duration"}:
        kind = call.live.types[subject.field.type]
        return _unfit(lambda: kind.parse(text, subject.field, call.live.parsing(call.actor, "form")), subject)
    if len(text) > LONGEST:
        raise UnfitError(message("A text has {most} characters at most.", most=LONGEST))
    return text


def _unfit(read_it: Any, subject: Subject) -> Any:
    try:
        return read_it()
    except UnreadableError as error:
        parameters = {**error.message.parameters, "label": subject.field.label}
        raise UnfitError(message(error.message.text, **parameters)) from None
    except InvalidValueError as error:
        raise UnfitError(error.message) from None


def _record(call: Call, subject: Subject, text: str) -> int:
    """A record by its id, ``accounts:5`` where it may be of any module; a title where that was typed."""
    number = text.rpartition(":")[2]
    if number.isascii() and number.isdigit() and len(number) <= 18:
        return int(number)
    found = called(call, targets_of(subject), text)
    if isinstance(found, Message):
        raise UnfitError(found)
    return found.id


def control(
    call: Call, views: Views, subject: Subject, operator: FilterOperator, hole: str, texts: Held
) -> FieldView:
    """The control of one hole; its name, id and label are the row's to give."""
    text = texts[-1] if texts else ""
    view = FieldView("text", raw=text, settings={"max": LONGEST})
    if hole == COUNT:
        view.widget, view.settings = "number", {"scale": 0, "min": 1}
    elif is_record(subject):
        _records(call, subject, view, texts, several=hole == SEVERAL)
    elif options := _options(call, views, subject, operator, texts):
        several = hole == SEVERAL
        view.widget, view.options, view.grouped = "checks" if several else "select", options, several
        view.value, view.settings = text or None, {}
    elif subject.kinds & {"date", "datetime"}:
        view.widget = "date"
    elif "number" in subject.kinds:
        unit = "%" if subject.node.type == PERCENT else None
        view.widget, view.settings = "number", {"unit": unit, "scale": None}
    elif subject.kinds & {"time", "duration"}:
        view.widget = views.widget(subject.field)
    return view


def _options(
    call: Call, views: Views, subject: Subject, operator: FilterOperator, texts: Held
) -> list[Option]:
    if not operator.exact:
        return []
    if subject.kinds & {"choice", "choices"}:
        return views.options(subject.field, texts)
    if "word" in subject.kinds:
        keys = dict.fromkeys(str(each) for each in subject.words.values() if each is not None)
        return [
            Option(key, key.replace("_", " "), None, key in texts) for key in (*keys, *_others(keys, texts))
        ]
    if subject.path.attribute is None:
        choices = call.live.types[subject.field.type].choices(call.formats)
        return [Option(key, label, None, key in texts) for key, label in choices.items()]
    return []


def _others(known: Mapping[str, object], texts: Held) -> list[str]:
    return [text for text in texts if text and text not in known]


def _records(call: Call, subject: Subject, view: FieldView, texts: Held, *, several: bool) -> None:
    view.picker = f"/app/{subject.field.module}/pick/{subject.field.key}"
    view.raw, view.settings = "", {}
    shown = titles(call, subject, [text for text in texts if text])
    if several:
        view.widget = "relations"
        view.items = [Item(number, title) for number, title in shown.items()]
        return
    view.widget = "relation"
    for number, title in shown.items():
        view.value, view.text = number, title
    if not shown and texts:
        view.raw = texts[-1]  # a title that was typed, and is none


def titles(call: Call, subject: Subject, texts: Sequence[str]) -> dict[int, str]:
    """What records are called, by their ids; one that may not be seen is not told."""
    numbers = [text.rpartition(":")[2] for text in texts]
    ids = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 18]
    found: dict[int, str] = dict.fromkeys(ids, call.translate("an unknown record"))
    with call.site.database.read() as connection:
        for target in targets_of(subject) if ids else ():
            query = Query(target, limit=len(ids), ids=tuple(ids), deleted="any")
            refs = call.live.refs.search(connection, query, call.actor, call.moment)
            found.update((ref.id, ref.title) for ref in refs)
    return found


def said(call: Call, subject: Subject, hole: str, value: object) -> str:
    """A canonical value for people."""
    if is_record(subject) and hole != COUNT:
        ids = value if isinstance(value, tuple) else (value,)
        return ", ".join(titles(call, subject, [str(each) for each in ids]).values())
    if isinstance(value, tuple):
        return ", ".join(said(call, subject, hole, each) for each in value)
    if hole == COUNT:
        return str(value)
    if isinstance(value, int | Decimal):
        return _number(call, subject, value)
    if isinstance(value, date):
        return call.formats.date(value)
    if "word" in subject.kinds or subject.path.attribute is not None:
        return str(value).replace("_", " ")
    if isinstance(subject.node.type, PicklistType) or subject.kinds & {"choices"}:
        return choice_label(call, subject, str(value))
    kind = call.live.types[subject.field.type]
    if choices := kind.choices(call.formats):
        return choices.get(str(value), str(value))
    if subject.kinds & {"time", "duration"}:
        return kind.text(value, subject.field, call.formats, call.live.catalog.picklists)
    return str(value)


def choice_label(call: Call, subject: Subject, key: str) -> str:
    """What a value of a picklist is called."""
    found = call.live.catalog.picklists[subject.field.settings["picklist"]].values.get(key)
    return found.label.in_language(call.actor.language) if found is not None else key


def _number(call: Call, subject: Subject, value: Any) -> str:
    if subject.node.type == PERCENT:
        return call.formats.percent(Decimal(value))
    if isinstance(value, Decimal):
        return call.formats.decimal(value, max(-int(value.as_tuple().exponent), 0))
    return call.formats.integer(int(value))
