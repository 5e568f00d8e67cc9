"""A message to a person: an English sentence with named places, translated only where it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Translate = Callable[[str], str]
"""From an English text to the same text in the reader's language."""


@dataclass(frozen=True, slots=True)
class Message:
    """A whole sentence such as ``{label} is required.`` and the values of its places.

    A parameter may itself be translatable: anything with ``in_language`` (a label) is given in the reader's
    language when the message is rendered. Where a language writes labels small inside a sentence, its
    translation says so: ``Uusi {label:small}``.
    """

    text: str
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def render(self, translate: Translate = lambda text: text, language: str = "en") -> str:
        """The sentence in the reader's language."""
        return translate(self.text).format_map(
            {name: _in_language(value, language) for name, value in self.parameters.items()}
        )

    def __str__(self) -> str:
        return self.render()


def message(text: str, **parameters: object) -> Message:
    """Write a message: ``message("{label} is required.", label=field.label)``."""
    return Message(text, MappingProxyType(parameters))


def phrase(text: str) -> str:
    """The text itself, marked as one that is translated where it is shown: a constant, such as a title."""
    return text


class Words(str):
    """A label inside a sentence: ``{label:small}`` is written with a small letter, unless it begins with an
    abbreviation (API key).
    """

    __slots__ = ()

    def __format__(self, specification: str) -> str:
        if specification != "small":
            return super().__format__(specification)
        return str(self) if self[1:2].isupper() else self[:1].lower() + self[1:]


def _in_language(value: object, language: str) -> object:
    in_language = getattr(value, "in_language", None)
    return Words(in_language(language)) if callable(in_language) else value


def to_json(sentence: Message) -> dict[str, object]:
    """A message as JSON, to be kept and translated later; what is neither number nor text is kept as text."""
    kept = {
        name: value if isinstance(value, str | int | None) else str(value)
        for name, value in sentence.parameters.items()
    }
    return {"text": sentence.text, "parameters": kept}


def from_json(kept: Mapping[str, Any]) -> Message:
    """The message again."""
    return message(str(kept["text"]), **kept.get("parameters", {}))
