"""Fits values to types: a text literal is checked as a picklist value or a date where one is expected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal as Literal_
from typing import Protocol

from runtime.base.diagnostic import Code
from runtime.base.suggest import did_you_mean
from runtime.expressions import codes
from runtime.expressions.literals import read_date, read_datetime, read_time
from runtime.expressions.naming import named, named_first
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Attribute, Call, Items, Literal, Node
from runtime.model.duration import read_duration
from runtime.model.types import (
    CLOSED,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    NONE,
    NUMBERS,
    TEXT,
    TIME,
    ListType,
    PicklistType,
    RecordType,
    ValueType,
    record_of,
)


class Report(Protocol):
    """Collects what is wrong with a stretch of the text."""

    def __call__(self, code: Code, start: int, end: int, message: str, help_text: str = "") -> None:
        """Collect one finding."""
        ...


def fits(type_: ValueType, expected: ValueType) -> bool:
    """Whether a value of a type may stand where another is expected; an empty value may stand anywhere."""
    if type_ in (NONE, expected):
        return True
    if isinstance(type_, ListType) and isinstance(expected, ListType):
        return fits(type_.of, expected.of)
    if isinstance(type_, RecordType) and isinstance(expected, RecordType):
        return bool(set(type_.modules) & set(expected.modules))
    if expected == MONEY:
        return type_ in NUMBERS
    return type_ in NUMBERS and expected in NUMBERS and expected != INTEGER


def fit(node: Node, expected: ValueType, scope: Scope, report: Report) -> Node | None:
    """The node as the expected type, if it is a literal that can be one; None when it is a wrong one."""
    if isinstance(node, Items) and isinstance(expected, ListType):
        items = [fit(item, expected.of, scope, report) for item in node.items]
        known = tuple(item for item in items if item is not None)
        return replace(node, type=expected, items=known) if len(known) == len(items) else None
    if not isinstance(node, Literal) or node.value is None:
        return node
    if isinstance(node.value, str) and node.type == TEXT:
        if isinstance(expected, PicklistType):
            return _picklist_value(node, node.value, expected, scope, report)
        if expected in (DATE, DATETIME):
            return _date(node, node.value, expected, report)
        if expected in (TIME, DURATION):
            return _measure(node, node.value, expected, report)
    if isinstance(node.value, int) and node.type == INTEGER and isinstance(expected, RecordType):
        return replace(node, type=expected)
    return node


def converted(
    node: Node, accepts: tuple[ValueType, ...], scope: Scope, report: Report
) -> Node | Literal_[False] | None:
    """The node as one of the types that are accepted; False when it is none, None when that is reported."""
    if any(fits(node.type, type_) for type_ in accepts):
        return node
    if TEXT in accepts and isinstance(node.type, PicklistType):
        return label_of(node, scope)
    for type_ in accepts:
        fitted = as_expected(node, type_, scope, report)
        if fitted is None:
            return None
        if fits(fitted.type, type_):
            return fitted
    return False


def as_expected(node: Node, expected: ValueType, scope: Scope, report: Report) -> Node | None:
    """The node fitted to a type: a literal read as such, a moment as its date, a picklist value as its
    label.
    """
    if expected == TEXT and isinstance(node.type, PicklistType):
        return label_of(node, scope)
    if expected == DATE and node.type == DATETIME:
        return Call(DATE, node.start, node.end, "date", (node,))
    return fit(node, expected, scope, report)


def label_of(node: Node, scope: Scope) -> Node:
    """A picklist value's label, where a text is wanted."""
    if not isinstance(node.type, PicklistType):
        raise TypeError(f"{node.type} has no labels.")
    values = labels(scope, node.type.picklist)
    return Attribute(TEXT, node.start, node.end, node, "label", values)


def labels(scope: Scope, picklist: str) -> Mapping[str, object]:
    """The labels of a picklist's values by key, in the language of the scope."""
    values = scope.picklists[picklist].values
    return MappingProxyType({key: value.label.in_language(scope.language) for key, value in values.items()})


def common(nodes: Sequence[Node], scope: Scope, report: Report) -> tuple[ValueType, tuple[Node, ...]] | None:
    """The one type of values of which one is taken, and the values as that; None, and reported, when there
    is none.
    """
    wanted = next((node.type for node in nodes if node.type != NONE and not isinstance(node, Literal)), None)
    if wanted is not None and wanted not in (*NUMBERS, MONEY):
        found = [as_expected(node, wanted, scope, report) for node in nodes]
    else:
        found = list(nodes)
    known = [node for node in found if node is not None]
    if len(known) < len(found):
        return None
    type_ = _common_type([node.type for node in known if node.type != NONE])
    if type_ is None:
        other = next(node for node in known if node.type not in (NONE, known[0].type))
        message = f"{named_first(known[0].type)} and {named(other.type)} are not of one kind."
        report(codes.ARGUMENT_TYPE, other.start, other.end, message, "all of them must be of one kind")
        return None
    return type_, tuple(known)


def _common_type(types: list[ValueType]) -> ValueType | None:
    if not types:
        return NONE
    first = types[0]
    if all(type_ == first for type_ in types):
        return first
    if all(type_ in (*NUMBERS, MONEY) for type_ in types):
        return MONEY if MONEY in types else DECIMAL
    if all(isinstance(type_, RecordType) for type_ in types):
        modules = (module for type_ in types if isinstance(type_, RecordType) for module in type_.modules)
        return record_of(*dict.fromkeys(modules))
    return None


def fit_pair(left: Node, right: Node, scope: Scope, report: Report) -> tuple[Node, Node] | None:
    """Both sides as types that can be compared; None, and reported, when they cannot be."""
    fitted_left = fit(left, right.type, scope, report) if not isinstance(right, Literal) else left
    fitted_right = fit(right, left.type, scope, report) if not isinstance(left, Literal) else right
    if fitted_left is None or fitted_right is None:
        return None
    if not _attribute_value(left, right, report) or not _attribute_value(right, left, report):
        return None
    if not _alike(fitted_left.type, fitted_right.type):
        _report_unlike(fitted_left, fitted_right, report)
        return None
    return _as_dates(fitted_left, fitted_right)


def fit_member(value: Node, members: Node, scope: Scope, report: Report) -> tuple[Node, Node] | None:
    """A value and a list that may have it; None, and reported, when it cannot."""
    if isinstance(value.type, ListType) or not isinstance(members.type, ListType):
        message = f"{named_first(value.type)} cannot be in {named(members.type)}."
        help_text = "write contains(text, part)" if members.type == TEXT else "in takes a value and a list"
        report(codes.INCOMPARABLE, value.start, members.end, message, help_text)
        return None
    if isinstance(members, Items):
        return _fit_items(value, members, scope, report)
    fitted = fit(value, members.type.of, scope, report)
    if fitted is None:
        return None
    if not _alike(fitted.type, members.type.of):
        _report_unlike(fitted, members, report)
        return None
    return fitted, members


def _fit_items(value: Node, members: Items, scope: Scope, report: Report) -> tuple[Node, Node] | None:
    pairs = [fit_pair(value, item, scope, report) for item in members.items]
    known = [pair for pair in pairs if pair is not None]
    if len(known) < len(pairs):
        return None
    values = {pair[0].type: pair[0] for pair in known if pair[1].type != NONE} or {value.type: value}
    if len(values) > 1:
        message = "The values of the list are of more than one kind."
        report(codes.INCOMPARABLE, members.start, members.end, message, "ask with two conditions and or")
        return None
    return next(iter(values.values())), replace(members, items=tuple(pair[1] for pair in known))


def _alike(left: ValueType, right: ValueType) -> bool:
    if NONE in (left, right):
        return True
    if isinstance(left, RecordType) and isinstance(right, RecordType):
        return bool(set(left.modules) & set(right.modules))
    kinds = ((*NUMBERS, MONEY), (DATE, DATETIME))
    if left in CLOSED or right in CLOSED:
        return False
    return left == right or any(left in kind and right in kind for kind in kinds)


def _as_dates(left: Node, right: Node) -> tuple[Node, Node]:
    """A date and a moment are compared by the moment's date in the site's time zone."""
    if left.type == DATE and right.type == DATETIME:
        return left, Call(DATE, right.start, right.end, "date", (right,))
    if left.type == DATETIME and right.type == DATE:
        return Call(DATE, left.start, left.end, "date", (left,)), right
    return left, right


def _picklist_value(
    node: Literal, value: str, expected: PicklistType, scope: Scope, report: Report
) -> Literal | None:
    picklist = scope.picklists[expected.picklist]
    if value in picklist.values:
        return replace(node, type=expected)
    if (now := scope.value_now(picklist.key, value, node.start, node.end)) in picklist.values:
        return replace(node, type=expected, value=now)
    labels = {label: key for key, entry in picklist.values.items() for label in entry.label.texts.values()}
    if value in labels:
        help_text = f'"{value}" is a label; did you mean the key "{labels[value]}"?'
    else:
        help_text = did_you_mean(value, picklist.values) or _one_of(picklist.values)
    message = f'The picklist "{picklist.key}" has no value "{value}".'
    report(codes.UNKNOWN_VALUE, node.start, node.end, message, help_text)
    return None


def _attribute_value(attribute: Node, literal: Node, report: Report) -> bool:
    """A text compared with a picklist's attribute is one that some value has."""
    if not isinstance(attribute, Attribute) or not isinstance(literal, Literal):
        return True
    if literal.type != TEXT or literal.value is None or attribute.type != TEXT:
        return True
    if attribute.name == "label":
        return True  # labels may change; comparing one is warned of
    known = dict.fromkeys(str(value) for value in attribute.values.values() if value is not None)
    if literal.value in known:
        return True
    message = f'No value of the picklist has the {attribute.name} "{literal.value}".'
    help_text = did_you_mean(str(literal.value), known) or _one_of(known)
    report(codes.UNKNOWN_VALUE, literal.start, literal.end, message, help_text)
    return False


def _date(node: Literal, text: str, expected: ValueType, report: Report) -> Literal | None:
    day = read_date(text)
    if day is not None:
        return replace(node, type=DATE, value=day)
    moment = read_datetime(text) if expected == DATETIME else None
    if moment is not None:
        return replace(node, type=DATETIME, value=moment)
    shape = "'2026-01-31'" if expected == DATE else "'2026-01-31' or '2026-01-31T08:00'"
    report(codes.DATE_TEXT, node.start, node.end, f'"{text}" is not {named(expected)}.', f"write {shape}")
    return None


def _measure(node: Literal, text: str, expected: ValueType, report: Report) -> Literal | None:
    value = read_time(text) if expected == TIME else read_duration(text)
    if value is not None:
        return replace(node, type=expected, value=value)
    shape = "'09:30'" if expected == TIME else "'7 days' or '90 minutes'"
    report(codes.DATE_TEXT, node.start, node.end, f'"{text}" is not {named(expected)}.', f"write {shape}")
    return None


def _report_unlike(left: Node, right: Node, report: Report) -> None:
    message = f"{named_first(left.type)} cannot be compared with {named(right.type)}."
    report(codes.INCOMPARABLE, left.start, right.end, message, _unlike_hint(left.type, right.type))


def _unlike_hint(left: ValueType, right: ValueType) -> str:
    types = (left, right)
    if any(each in CLOSED for each in types):
        return "ask is_empty(…) of it; nothing else can be asked"
    if any(isinstance(each, ListType) for each in types):
        return "whether a list has a value is asked with in: 'a' in list"
    if any(isinstance(each, RecordType) for each in types) and TEXT in types:
        return "compare a field of the record, such as account.name"
    if any(isinstance(each, PicklistType) for each in types):
        return "a picklist is compared with one of its own values, in quotes"
    if TEXT in types and any(each in (*NUMBERS, MONEY) for each in types):
        return "a number stands without quotes"
    return ""


def _one_of(names: Iterable[str]) -> str:
    listed = list(names)
    return f"one of {', '.join(listed[:12])}" if listed else ""
