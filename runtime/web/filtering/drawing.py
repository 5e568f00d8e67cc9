"""Drawing: a draft made ready for the template, its controls with their names, labels and errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from runtime.base.diagnostic import Diagnostic
from runtime.base.messages import phrase
from runtime.expressions.conditions import DEEPEST
from runtime.expressions.filters.base import FilterOperator
from runtime.model.catalog import Module
from runtime.web.door import Call
from runtime.web.filtering.building import Built, asked
from runtime.web.filtering.drafts import Draft, DraftGroup, DraftRow, DraftText
from runtime.web.filtering.subjects import Step, operators_of, steps_of
from runtime.web.filtering.values import control
from runtime.web.views import FieldView, Option, Views

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "all": phrase("All of these hold"),
        "any": phrase("At least one of these holds"),
        "none": phrase("None of these holds"),
        "not_all": phrase("Not all of these hold"),
    }
)
"""What a group may ask of its parts, in English."""
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "value": phrase("Value"),
        "low": phrase("From"),
        "high": phrase("To"),
        "values": phrase("Values"),
        "n": phrase("How many"),
    }
)
"""What the control of each hole is called."""
ID = "quick-c"
"""What the ids of controls begin with, as those of all filters: their pickers offer no new record."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a written part: the sentence, the help, and the text around the place."""

    sentence: str
    help: str
    before: str
    marked: str
    after: str


@dataclass(slots=True)
class PartView:
    """A part for the template; ``kind`` is ``row``, ``text`` or ``group``."""

    kind: str
    key: str
    number: int = 0
    error: str = ""
    was: str = ""
    steps: Sequence[Step] = ()
    operators: Sequence[Option] = ()
    relative: Sequence[Option] = ()
    controls: list[FieldView] = field(default_factory=list)
    text: str = ""
    wrong: Wrong | None = None
    words: Sequence[Option] = ()
    parts: "Sequence[PartView]" = ()
    depth: int = 1
    may_nest: bool = True


def draw(call: Call, module: Module, views: Views, whole: DraftGroup, built: Built) -> PartView:
    """The whole draft for the template; ``built`` has what is wrong with it."""
    return _Drawing(call, module, views, built).part(whole, 1, 1)


def wrong_in(text: str, diagnostic: Diagnostic) -> Wrong:
    """What is wrong with a text, with its place cut out of it."""
    start, end = diagnostic.span.column - 1, max(diagnostic.span.end_column - 1, diagnostic.span.column)
    return Wrong(diagnostic.message, diagnostic.help or "", text[:start], text[start:end], text[end:])


@dataclass(frozen=True, slots=True)
class _Drawing:
    call: Call
    module: Module
    views: Views
    built: Built

    def part(self, draft: Draft, number: int, depth: int) -> PartView:
        if isinstance(draft, DraftGroup):
            return self._group(draft, number, depth)
        if isinstance(draft, DraftText):
            wrong = self.built.misread.get(draft.key)
            shown = wrong_in(draft.text, wrong) if wrong is not None else None
            return PartView("text", draft.key, number, text=draft.text, wrong=shown)
        return self._row(draft, number)

    def _group(self, draft: DraftGroup, number: int, depth: int) -> PartView:
        say = self.call.translate
        words = [Option(key, say(text), None, key == draft.word) for key, text in WORDS.items()]
        parts = [self.part(each, place, depth + 1) for place, each in enumerate(draft.parts, 1)]
        return PartView(
            "group", draft.key, number, words=words, parts=parts, depth=depth, may_nest=depth < DEEPEST
        )

    def _row(self, draft: DraftRow, number: int) -> PartView:
        found = asked(self.call, self.module, draft)
        path = found.subject.path.text if found is not None else draft.path
        view = PartView("row", draft.key, number, self._said(f"c{draft.key}.field"), path)
        view.steps = steps_of(self.call, self.module, path)
        if found is None:
            return view
        operators = operators_of(self.call, found.subject)
        view.operators = [self._option(each, found.operator) for each in operators if not each.relative]
        view.relative = [self._option(each, found.operator) for each in operators if each.relative]
        for hole in found.operator.shape.holes:
            texts = draft.held.get(hole, ())
            each = control(self.call, self.views, found.subject, found.operator, hole, texts)
            each.name, each.id = f"c{draft.key}.{hole}", f"{ID}{draft.key}-{hole}"
            each.label = self.call.translate(LABELS[hole])
            each.error = self._said(each.name)
            view.controls.append(each)
        return view

    def _option(self, operator: FilterOperator, chosen: FilterOperator) -> Option:
        return Option(operator.name, self.call.translate(operator.title), None, operator is chosen)

    def _said(self, name: str) -> str:
        found = self.built.wrong.get(name)
        return found.render(self.call.translate, self.call.actor.language) if found is not None else ""
