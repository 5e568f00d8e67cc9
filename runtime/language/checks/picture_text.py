"""Check M162: what says what a picture shows is no text field."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.words import near, shown

TEXTS = ("text", "long_text")


class PictureText(Check):
    """The `alt` of an image names the text field of the same module that says what the picture shows, for
    people who cannot see it:

        photo:      {type: image, alt: photo_text}
        photo_text: {type: text}
    """

    name = "M162"
    title = "No text field for a picture"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module in draft.modules.values():
            texts = [field.key for field in module.fields.values() if field.type in TEXTS]
            for field in module.fields.values():
                name = field.settings.get("alt") if field.type == "image" else None
                if name is None or name in texts or draft.is_broken("modules", module.key, "fields", name):
                    continue
                path = ("modules", module.key, "fields", field.key, "alt")
                yield self.found(
                    f"{module.key} has no text field {shown(name)} to describe the picture with",
                    draft.span(path),
                    path,
                    near(name, texts) or "name a field of the type text",
                )
