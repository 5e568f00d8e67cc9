"""Writing letters: a template's texts, with what its record holds by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from runtime.automation.place import Snapshot
from runtime.automation.reading import Reading
from runtime.base.messages import message
from runtime.expressions.references import dependencies
from runtime.fields.formats import Formats
from runtime.language.letter_text import take_apart
from runtime.model.catalog import Expression
from runtime.model.label import ANY
from runtime.model.letters import LetterPart, LetterTemplate
from runtime.steps.base import StepError, Target

LONGEST = 1_000_000
"""Characters of one letter's text."""
LONGEST_SUBJECT = 500

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter's texts, as they are sent."""

    subject: str
    text: str
    html: str = ""


def write_letter(
    template: LetterTemplate, target: Target, reading: Reading, live: Snapshot, language: str
) -> WrittenLetter:
    """A letter about a record, in a language or the first that it is written in. Raises
    :class:`StepError`.
    """
    write = _Writing(target, reading, live, language)
    return WrittenLetter(
        " ".join(write(template.subject).split())[:LONGEST_SUBJECT],
        write(template.text),
        write(template.html, html=True) if template.html else "",
    )


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
        written = _compiled(part.text, html).render(known)
        if len(written) > LONGEST:
            raise StepError(message("The letter is longer than {most} characters.", most=LONGEST))
        return written

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


@lru_cache(maxsize=256)
def _compiled(text: str, html: bool) -> Template:
    """A text, ready to be written; nothing of the program is in its reach but the values it is given."""
    environment = ImmutableSandboxedEnvironment(autoescape=html, keep_trailing_newline=True)
    environment.globals.clear()
    return environment.from_string(take_apart(text).tree)
