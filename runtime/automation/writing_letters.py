"""Writing letters: a template's texts, with what its record holds by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.automation.place import Snapshot
from runtime.automation.reading import Reading
from runtime.expressions.references import dependencies
from runtime.fields.formats import Formats
from runtime.model.catalog import Expression
from runtime.model.label import ANY
from runtime.model.letters import DocumentTemplate, LetterPart, LetterTemplate, OptOut
from runtime.steps.base import Target

LONGEST_SUBJECT = 500
LONGEST_NAME = 120

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter's texts, as they are sent."""

    subject: str
    text: str
    html: str = ""
    opt_out: OptOut | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document as its file holds it."""

    name: str
    text: str


def write_letter(
    template: LetterTemplate, target: Target, reading: Reading, live: Snapshot, language: str
) -> WrittenLetter:
    """A letter about a record, in a language or the first that it is written in. Raises
    :class:`runtime.steps.base.StepError`.
    """
    write = _Writing(target, reading, live, language)
    return WrittenLetter(
        " ".join(write(template.subject).split())[:LONGEST_SUBJECT],
        write(template.text),
        write(template.html, html=True) if template.html else "",
        _opt_out(template, target, live),
        language,
    )


def write_document(
    template: DocumentTemplate, target: Target, reading: Reading, live: Snapshot, language: str
) -> WrittenDocument:
    """A file about a record. Raises :class:`runtime.steps.base.StepError`."""
    write = _Writing(target, reading, live, language)
    called = " ".join(write(template.name).split())[:LONGEST_NAME]
    name = "".join("-" if character in '/\\:*?"<>|' else character for character in called).strip(". ")
    ending = ".html" if template.is_html else ".txt"
    return WrittenDocument((name or template.key) + ending, write(template.body, html=template.is_html))


def _opt_out(template: LetterTemplate, target: Target, live: Snapshot) -> OptOut | None:
    """Where the record says that its person wants no such letters, by the names that stay."""
    if not template.opt_out:
        return None
    module = live.tables.module(target.module)
    return OptOut(module.table.name, target.id, module.columns[template.opt_out][0].name)


class _Writing:
    """Writes the parts of one letter."""

    def __init__(self, target: Target, reading: Reading, live: Snapshot, language: str) -> None:
        self.target = target
        self.reading = reading
        self.live = live
        self.language = language
        self.formats: Formats = live.formats(language, live.catalog.timezone)

    def __call__(self, parts: Mapping[str, LetterPart], *, html: bool = False) -> str:
        part = parts.get(self.language) or parts.get(ANY) or next(iter(parts.values()))
        values = self.values(part.reads, self.target.module, [self.target.id])
        known: Row = dict(values[0]) if values else {}
        for place, loop in enumerate(part.loops):
            ids = self.reading.collected(loop.collection, self.target.id)
            known[f"rows_{place}"] = self.values(loop.reads, loop.collection.target, ids)
        return self.live.press.write(part.text, known, html=html)

    def values(self, reads: Sequence[Expression], module: str, ids: Sequence[int]) -> list[Row]:
        """What the paths give for each record: as values to ask about, and as texts to print."""
        if not reads:
            return [{} for _ in ids]
        found = self.reading.of_each(module, ids, reads)
        rows = []
        for values in found:
            row: Row = {}
            for place, (expression, value) in enumerate(zip(reads, values, strict=True)):
                row[f"value_{place}"] = value
                row[f"shown_{place}"] = self.shown(expression, value)
            rows.append(row)
        return rows

    def shown(self, expression: Expression, value: Any) -> str:
        if value is None:
            return ""
        for path in dependencies(expression.tree).paths:
            if path.field.value_type == expression.type and path.text == expression.text:
                kind = self.live.types[path.field.type]
                return kind.text(value, path.field, self.formats, self.live.catalog.picklists)
        return str(value)
