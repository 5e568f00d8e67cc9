"""Words: a condition as sentences in the reader's language; a part that no row can say, as it is written."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.messages import phrase
from runtime.expressions.conditions import Group, Part, Written
from runtime.expressions.filters.base import Row
from runtime.model.catalog import Module, Path
from runtime.web.door import Call
from runtime.web.filtering.subjects import Subject, subject_of
from runtime.web.filtering.values import choice_label, said
from runtime.web.views import path_label

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "all": phrase("all of: {parts}"),
        "any": phrase("at least one of: {parts}"),
        "none": phrase("none of: {parts}"),
        "not_all": phrase("not all of: {parts}"),
    }
)
"""How a group is said, in English."""
LISTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "equals": ("equals", "one_of"),
        "one_of": ("equals", "one_of"),
        "not_equals": ("not_equals", "none_of"),
        "none_of": ("not_equals", "none_of"),
    }
)
"""The operators that say which values of a picklist they mean: the one for one value, and for several."""


def sentences(call: Call, module: Module, text: str) -> list[str]:
    """A condition as one sentence for each of the parts that must hold."""
    whole = call.live.conditions.read(text, call.live.scope(module))
    if whole.word == "all":
        return [_said(call, module, part) for part in whole.parts]
    return [_said(call, module, whole)]


def _said(call: Call, module: Module, part: Part) -> str:
    if isinstance(part, Written):
        return part.text
    if isinstance(part, Group):
        parts = "; ".join(_said(call, module, each) for each in part.parts)
        if len(part.parts) == 1 and part.word in ("all", "any"):
            return parts
        return call.translate(GROUPS[part.word]).format(parts=f"({parts})")
    return _row(call, module, part)


def _row(call: Call, module: Module, row: Row) -> str:
    subject = subject_of(call, module, row.path)
    operator = call.live.conditions.operators[row.operator]
    if subject is None:
        return operator.write(row)
    chosen = _chosen(call, subject, row) if row.operator in LISTED else []
    if chosen:
        fields = Path("", subject.path.fields, None)
        name = LISTED[row.operator][len(chosen) > 1]
        label, listed = path_label(fields, call.actor.language), ", ".join(chosen)
        sentence = call.translate(call.live.conditions.operators[name].sentence)
        return sentence.format(field=label, value=listed, values=listed)
    values = {hole: said(call, subject, hole, value) for hole, value in row.values.items()}
    label = subject.label(call.actor.language)
    return call.translate(operator.sentence).format(field=label, **values)


def _chosen(call: Call, subject: Subject, row: Row) -> list[str]:
    """The picklist's values with an attribute that a condition asks for: its words are the consultant's."""
    wanted = {
        each for value in row.values.values() for each in (value if isinstance(value, tuple) else [value])
    }
    keys = [key for key, held in subject.words.items() if held in wanted]
    return [choice_label(call, subject, key) for key in keys]
