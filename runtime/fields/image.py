"""The field type ``image``: one picture, shown on the card and small in lists."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.base.messages import phrase
from runtime.fields.base import Surroundings
from runtime.fields.file import File

KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
LARGEST = 10
"""How large a picture may be, in MiB, where nothing else is said."""


class Image(File):
    """A picture: PNG, JPEG, GIF or WebP, told by its content. People see copies that the program drew anew.

    The setting ``alt`` names the text field of the record that describes the picture to who cannot see it.
    """

    name = "image"
    title = "Image"
    widget = "image"
    settings_schema = MappingProxyType(
        {
            "max_size": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100,
                "default": LARGEST,
                "description": "How large the file may be, in MiB.",
            },
            "alt": {
                "type": "string",
                "description": "The key of the text field that says what the picture shows, for those who "
                "cannot see it; its label does when left out.",
            },
        }
    )
    unfit = phrase("{label} must be a picture (PNG, JPEG, GIF or WebP), and not too large a one.")

    def complete(self, settings: Mapping[str, Any], surroundings: Surroundings) -> Mapping[str, Any]:
        """The settings with the kinds of files that a form offers."""
        completed = super().complete({"max_size": LARGEST, **settings}, surroundings)
        return {**completed, "accept": ", ".join(KINDS)}

    def choosable(self, settings: Mapping[str, Any]) -> str:
        """Files that were found to be pictures when they were kept."""
        return f"width >= 1 and size <= {settings['max_size'] << 20}"
