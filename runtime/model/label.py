"""A label: free text for people, in one language or in several."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ANY = ""
"""The language of a text that was written without one: it serves every language."""


@dataclass(frozen=True, slots=True)
class Label:
    """Texts by language code; the first one written serves a language that has none."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, text: str) -> "Label":
        """A label that reads the same in every language."""
        return cls(MappingProxyType({ANY: text}))

    @classmethod
    def from_key(cls, key: str) -> "Label":
        """The label of what was given none: ``close_date`` reads "Close date"."""
        return cls.of(key.replace("_", " ").capitalize())

    def in_language(self, language: str) -> str:
        """The text in a language, else the one written for any, else the first."""
        texts = self.texts
        return texts.get(language) or texts.get(ANY) or next(iter(texts.values()), "")

    def __str__(self) -> str:
        return self.in_language("en")
