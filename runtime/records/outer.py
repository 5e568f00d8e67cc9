"""The record one scope out: what a condition reads of ``this``, fetched for many records together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from runtime.model.catalog import Path

Plain = Mapping[str, object]


class LoadsPaths(Protocol):
    """What loads records by their ids, as expressions read them."""

    def load_paths(
        self, connection: Connection, module: str, ids: Sequence[int], paths: Iterable[Path]
    ) -> dict[int, dict[str, Any]]:
        """Records as nested plain data."""
        ...


Behind = dict[tuple[str, str], list[Path]]
"""What is read behind a relation: by its key and the module that it leads to."""


def parted(paths: Iterable[Path]) -> tuple[list[str], Behind]:
    """The fields that paths read of a record itself, each once, and what they read behind its relations."""
    behind: dict[tuple[str, str], list[Path]] = {}
    direct: dict[str, None] = {}
    for path in paths:
        first = path.fields[0]
        if path.hops:
            rest = Path(path.text.partition(".")[2], path.fields[1:], path.attribute)
            behind.setdefault((first.key, path.fields[1].module), []).append(rest)
        else:
            direct[first.whole] = None
    return list(direct), behind


def nested(
    connection: Connection, loader: LoadsPaths, paths: Iterable[Path], records: Sequence[Plain]
) -> list[dict[str, object]]:
    """What these paths read of each record, nested as an expression reads it.

    A record is given as its own values: an id for a relation, or the values of a related record that is
    itself being written. One statement for each module that is walked to brings what lies behind the ids.
    """
    direct, behind = parted(paths)
    found = [{key: own.get(key) for key in direct} for own in records]
    for record, own in zip(found, records, strict=True):
        if "id" in own:
            record["id"] = own["id"]
    for (key, module), onward in behind.items():
        related = [own.get(key) for own in records]
        ids = {value for value in related if isinstance(value, int)}
        loaded = loader.load_paths(connection, module, list(ids), onward) if ids else {}
        given = [value for value in related if isinstance(value, Mapping)]
        ready = iter(nested(connection, loader, onward, given) if given else ())
        for record, value in zip(found, related, strict=True):
            known = next(ready) if isinstance(value, Mapping) else loaded.get(value)  # type: ignore[call-overload]
            _put(record, key, known)
    return found


def _put(record: dict[str, object], key: str, behind: Mapping[str, Any] | None) -> None:
    # A relation to several modules has a record in one of them at most.
    if behind is not None:
        record[key] = behind
    elif not isinstance(record.get(key), Mapping):
        record[key] = None
