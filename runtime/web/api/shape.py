"""Shapes: which fields of a module an answer has, and how each value is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.base.messages import message
from runtime.base.suggest import suggest
from runtime.model.catalog import Field, Module, Path
from runtime.records.as_json import Write, writer_of
from runtime.sites.live import Live
from runtime.storage.query import Row
from runtime.storage.tables import link_attributes
from runtime.web.api.paths import path_at
from runtime.web.errors import RefusedError, bad_request


@dataclass(frozen=True, slots=True)
class Shape:
    """What each record of an answer has. ``columns`` are what the query reads, ``keys`` what they are called.

    ``writers`` has the values that are not written as they are: their place and how. ``attributed`` are the
    linked fields whose links have attributes of their own, and how each of those is written.
    """

    module: Module
    columns: tuple[Path, ...]
    keys: tuple[str, ...]
    writers: tuple[tuple[int, Write], ...]
    attributed: Mapping[str, Mapping[str, Write | None]]

    def records(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The rows of a page as JSON's values, written a column at a time."""
        columns: list[Sequence[Any]] = list(zip(*(row.values for row in rows), strict=True))
        if not columns:
            return []
        for place, write in self.writers:
            columns[place] = [None if value is None else write(value) for value in columns[place]]
        keys = self.keys
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]


class Shapes:
    """The shapes of one snapshot, each made when it is first asked for."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._whole: dict[str, Shape] = {}

    def whole(self, module: Module) -> Shape:
        """Every field of a module, the record's own first."""
        shape = self._whole.get(module.key)
        if shape is None:
            fields = (*module.record_fields.values(), *module.fields.values())
            shown = (field for field in fields if not self._live.types[field.type].hidden)
            paths = [Path(field.key, (field,)) for field in shown]
            shape = self._whole[module.key] = self._make(module, paths)
        return shape

    def of(self, module: Module, names: Iterable[str]) -> Shape:
        """The fields that an address names, and the id; raises RefusedError for a name that is none."""
        paths = [Path("id", (module.record_fields["id"],))]
        paths += [self._path(module, name) for name in names if name != "id"]
        return self._make(module, paths)

    def _path(self, module: Module, name: str) -> Path:
        if "." in name:
            return path_at(self._live, module, name, "fields")
        field = module.field(name)
        if field is None or self._live.types[field.type].hidden:
            raise unknown(
                name,
                "fields",
                (*(field.key for field in module.all_fields()), *(rows.key for rows in module.rows())),
            )
        return Path(name, (field,))

    def _make(self, module: Module, paths: Iterable[Path]) -> Shape:
        columns = tuple(paths)
        writers = [(place, self._writer(path)) for place, path in enumerate(columns)]
        return Shape(
            module,
            columns,
            tuple(path.text for path in columns),
            tuple((place, write) for place, write in writers if write is not None),
            {path.text: said for path in columns if not path.hops and (said := self._attributes(path.field))},
        )

    def _attributes(self, field: Field) -> dict[str, Write | None]:
        return {key: writer_of(each, self._live.types) for key, each in link_attributes(field).items()}

    def _writer(self, path: Path) -> Write | None:
        if path.attribute is not None:
            return None
        return writer_of(path.field, self._live.types)


def unknown(name: str, at: str, known: Iterable[str]) -> RefusedError:
    """The refusal of a name that is none of those known."""
    shown = name if len(name) <= 60 else name[:59] + "…"
    near = suggest(shown, (each for each in known if each != name))
    if near is None:
        return bad_request(message('There is no "{name}" here.', name=shown), at)
    return bad_request(
        message('There is no "{name}" here. Did you mean "{near}"?', name=shown, near=near), at
    )
