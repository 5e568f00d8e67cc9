"""The kind ``letters``: the templates of mail."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import KEY, Definition, Kind, Schema, closed, described

LONGEST = 100_000
WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
TEXT: Schema = {
    "type": ["string", "object"],
    "minLength": 1,
    "maxLength": LONGEST,
    "minProperties": 1,
    "additionalProperties": WORDS,
    "title": "a text, or texts by language such as {en: Hello, fi: Hei}",
}


class LettersKind(Kind):
    """``templates/mail/<letter>.yaml``. The paths in its texts are followed where it is resolved."""

    name = "letters"
    folder = "templates/mail"
    title = "A letter: templates/mail/<letter>.yaml"
    names_in_texts = MappingProxyType({"module": "module"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The letter."""
        schema = closed(
            {
                "module": described(KEY, "Of which module the record is that it is about."),
                "subject": described(TEXT, "Its subject: {{ name }} is won."),
                "text": described(TEXT, "The letter as plain text, which everybody can read."),
                "html": described(TEXT, "The same as HTML, for programs that draw it."),
                "opt_out": described(
                    KEY,
                    "The boolean field of the record that says its person wants no such letters: they are "
                    "then not sent, and each has a link that fills it in.",
                ),
            },
            ("module", "subject", "text"),
        )
        return MappingProxyType({"letters": Definition(schema)})
