"""What the types share whose values are uploaded files: which files they take."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from runtime.fields.base import FieldType

_ACCEPTED = r"(?:\.[A-Za-z0-9]{1,12}|[a-z]+/(?:\*|[a-z0-9][a-z0-9.+-]*))"
ACCEPT = {
    "type": "string",
    "pattern": rf"^{_ACCEPTED}(?:, *{_ACCEPTED})*$",
    "description": "The kinds of files it takes, as in HTML: endings and content types, with commas between "
    "them (.pdf, image/*).",
}


class AttachedType(FieldType):
    """A type whose values are records of the module ``files``."""

    attaches: ClassVar[bool] = True
    compared: ClassVar[str] = "never"
    filtered_by = "filled"
    grouped = True

    def accepts(self, settings: Mapping[str, Any], name: str, content_type: str) -> bool:
        """Whether the field takes a file of this name and content type."""
        accepted = [kind.strip().lower() for kind in settings.get("accept", "").split(",") if kind.strip()]
        ending, content = PurePosixPath(name).suffix.lower(), content_type.lower()
        return not accepted or any(
            ending == kind
            if kind[0] == "."
            else content == kind or content.startswith(kind.removesuffix("*"))
            for kind in accepted
        )
