"""Building: a condition becomes a draft for a form, and a draft a condition, or what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from runtime.base.diagnostic import Diagnostic
from runtime.base.messages import Message, message
from runtime.expressions.conditions import Group, Part, Written
from runtime.expressions.filters.base import FilterOperator, Row
from runtime.model.catalog import Module
from runtime.web.door import Call
from runtime.web.filtering.drafts import Draft, DraftGroup, DraftRow, DraftText
from runtime.web.filtering.subjects import Subject, operators_of, subject_of
from runtime.web.filtering.values import UnfitError, held, read


@dataclass(frozen=True, slots=True)
class Asked:
    """A row whose field is known, and the operator that it is asked with."""

    subject: Subject
    operator: FilterOperator


@dataclass(slots=True)
class Built:
    """What a draft says: its condition, and by part what is wrong with it.

    ``wrong`` has sentences by control (``c2.value``), ``misread`` what is wrong with a written part, by its
    key. ``text`` leaves out what is wrong; ``is_whole`` tells whether nothing was.
    """

    text: str = ""
    wrong: dict[str, Message] = field(default_factory=dict)
    misread: dict[str, Diagnostic] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether every part of the draft is in the condition."""
        return not self.wrong and not self.misread


def draft_of(call: Call, module: Module, text: str) -> DraftGroup:
    """A condition as a form holds it; what its reader may not see stays written."""
    keys = map(str, count(1))
    whole = call.live.conditions.read(text, call.live.scope(module))

    def drafted(part: Part) -> Draft:
        key = next(keys)
        if isinstance(part, Group):
            return DraftGroup(key, part.word, tuple(drafted(each) for each in part.parts))
        if isinstance(part, Written):
            return DraftText(key, part.text)
        subject = subject_of(call, module, part.path)
        known = [each.name for each in operators_of(call, subject)] if subject is not None else []
        if subject is None or part.operator not in known:
            return DraftText(key, call.live.conditions.write(part))
        values = {hole: held(call, subject, hole, value) for hole, value in part.values.items()}
        return DraftRow(key, part.path, part.operator, values)

    made = drafted(whole)
    if not isinstance(made, DraftGroup):
        raise TypeError("A condition is read as a group.")
    return made if made.parts else DraftGroup(made.key, "all", (DraftRow(next(keys)),))


def asked(call: Call, module: Module, row: DraftRow) -> Asked | None:
    """What a row asks about and how; of steps that lead nowhere the last ones are left out.

    An operator that the field does not take gives way to the first that it does.
    """
    names = row.path.split(".") if row.path else []
    while names:
        subject = subject_of(call, module, ".".join(names))
        operators = operators_of(call, subject) if subject is not None else []
        if subject is not None and operators:
            named = next((each for each in operators if each.name == row.operator), None)
            return Asked(subject, named or operators[0])
        names.pop()
    return None


def build(call: Call, module: Module, draft: DraftGroup) -> Built:
    """The condition that a draft is."""
    built = Built()
    part = _part(call, module, draft, built)
    built.text = call.live.conditions.write(part) if part is not None else ""
    if built.is_whole and built.text:
        wrong = call.live.conditions.wrong(built.text, call.live.scope(module))
        if wrong:  # each part is right, and all of them are too much
            built.wrong[""] = message("{what}", what=wrong[0].message)
    return built


def _part(call: Call, module: Module, draft: Draft, built: Built) -> Part | None:
    if isinstance(draft, DraftGroup):
        parts = [made for each in draft.parts if (made := _part(call, module, each, built)) is not None]
        return Group(draft.word, tuple(parts)) if parts else None
    if isinstance(draft, DraftText):
        return _written(call, module, draft, built)
    found = asked(call, module, draft)
    if found is None:
        if draft.path:
            built.wrong[f"c{draft.key}.field"] = message("There is no such field here.")
        return None
    values = _values(call, draft, found, built)
    return Row(found.subject.path.text, found.operator.name, values) if values is not None else None


def _written(call: Call, module: Module, draft: DraftText, built: Built) -> Written | None:
    if not draft.text.strip():
        return None
    wrong = call.live.conditions.wrong(draft.text, call.live.scope(module))
    if wrong:
        built.misread[draft.key] = wrong[0]
        return None
    return Written(draft.text)


def _values(call: Call, draft: DraftRow, found: Asked, built: Built) -> Mapping[str, object] | None:
    values: dict[str, object] = {}
    for hole in found.operator.shape.holes:
        try:
            values[hole] = read(call, found.subject, hole, draft.held.get(hole, ()))
        except UnfitError as error:
            built.wrong[f"c{draft.key}.{hole}"] = error.reason
    return values if len(values) == len(found.operator.shape.holes) else None
