"""Loading as somebody sees it: what expressions read of records, without what their reader may not see."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from runtime.expressions.moment import Moment
from runtime.model.catalog import Catalog, Field, Path
from runtime.model.values import Pointer, Ref
from runtime.storage.query import MOST, Query
from runtime.storage.reader import Reader

Records = dict[int, dict[str, Any]]


class SeenLoader:
    """Loads as :class:`runtime.storage.loading.Loader` does, by the one query of a reader with a sight: a
    record that is not seen is left out, and a value that is not seen is empty.
    """

    def __init__(self, reader: Reader, catalog: Catalog, moment: Moment) -> None:
        self._reader = reader
        self._catalog = catalog
        self._moment = moment

    def load(self, connection: Connection, module: str, ids: Sequence[int], fields: Iterable[str]) -> Records:
        """Records with these fields and their ``id``; a relation is an id, links are a tuple of ids."""
        known = self._catalog.modules[module]
        wanted = [field for key in dict.fromkeys(fields) if (field := known.field(key)) is not None]
        return self.load_paths(connection, module, ids, [Path(each.key, (each,)) for each in wanted])

    def load_paths(
        self, connection: Connection, module: str, ids: Sequence[int], paths: Iterable[Path]
    ) -> Records:
        """Records as nested plain data, with what an expression reads of them."""
        whole = {
            tuple((each.module, each.key) for each in path.fields): path for path in map(self._whole, paths)
        }
        columns = tuple(_with_hops(whole.values()))
        found: Records = {}
        asked = tuple(dict.fromkeys(ids))
        for start in range(0, len(asked), MOST):
            query = Query(module, columns, ids=asked[start : start + MOST], limit=MOST, deleted="any")
            for row in self._reader.page(connection, query, self._moment).rows:
                found[row.id] = record = {"id": row.id}
                for path, value in zip(columns, row.values, strict=True):
                    _put(record, path, value)
        return found

    def _whole(self, path: Path) -> Path:
        field = self._catalog.modules[path.field.module].field(path.field.whole) or path.field
        fields = (*path.hops, field)
        return Path(".".join(each.key for each in fields), fields)


def _with_hops(paths: Iterable[Path]) -> Iterable[Path]:
    """The paths, each behind the relations that lead to it."""
    found: dict[tuple[tuple[str, str], ...], Path] = {}
    for path in paths:
        for depth in range(1, len(path.fields) + 1):
            fields = path.fields[:depth]
            named = tuple((each.module, each.key) for each in fields)
            found[named] = Path(".".join(each.key for each in fields), fields)
    return sorted(found.values(), key=lambda path: len(path.fields))


def _put(record: dict[str, Any], path: Path, value: object) -> None:
    here = record
    for hop in path.hops:
        inner = here.get(hop.key)
        if inner is None:
            return
        if not isinstance(inner, dict):
            inner = here[hop.key] = {"id": inner.id if isinstance(inner, Pointer) else inner}
        here = inner
    last = path.field.key
    if last != "id" and here.get(last) is None:  # of the ways to several modules one has the value
        here[last] = _plain(path.field, value)


def _plain(field: Field, value: object) -> object:
    if isinstance(value, Ref):
        return Pointer(value.module, value.id) if "among" in field.settings else value.id
    if isinstance(value, tuple):
        return tuple(each.id if isinstance(each, Ref) else each for each in value)
    return value
