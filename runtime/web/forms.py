"""Forms: the flat names a browser sends, read back into fields, rows and their values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile

ROW = re.compile(r"^(?P<rows>[a-z][a-z0-9_]*)\.(?P<row>[A-Za-z0-9_-]{1,40})\.(?P<field>[a-z][a-z0-9_:]*)$")


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sent: every name with its values in order."""

    values: Mapping[str, list[Any]]

    @classmethod
    def of(cls, items: Iterable[tuple[str, Any]]) -> "Form":
        """Gather the pairs of a body by their name."""
        values: dict[str, list[Any]] = {}
        for name, value in items:
            values.setdefault(name, []).append(value)
        return cls(values)

    def text(self, name: str, otherwise: str = "") -> str:
        """The last text sent under a name."""
        value = self.values.get(name, [otherwise])[-1]
        return value if isinstance(value, str) else otherwise

    def texts(self, name: str) -> list[str]:
        """Every text sent under a name."""
        return [value for value in self.values.get(name, []) if isinstance(value, str)]

    def uploads(self, name: str) -> list[UploadFile]:
        """The files sent under a name; an empty file input is none."""
        return [
            value for value in self.values.get(name, []) if isinstance(value, UploadFile) and value.filename
        ]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def rows(self, key: str) -> "dict[str, Form]":
        """The rows sent as ``items.n1.product``, in the order in which ``items`` itself names them.

        An empty name says only that the form had a place for rows.
        """
        rows: dict[str, dict[str, list[Any]]] = {name: {} for name in self.texts(key) if name}
        for name, values in self.values.items():
            match = ROW.match(name)
            if match is not None and match["rows"] == key and match["row"] in rows:
                rows[match["row"]][match["field"]] = values
        return {name: Form(values) for name, values in rows.items()}
