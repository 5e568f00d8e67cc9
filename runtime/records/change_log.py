"""The change log: one row a record and save, with the old and the new values of what changed; and its change
set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from runtime.model.values import Link
from runtime.records.plan import FieldPlan
from runtime.records.work import Batch, Work
from runtime.storage.bulk import insert_pieces, insert_rows
from runtime.storage.recomputing import Differing

Json = dict[str, object]

COLUMNS = ("id", "module", "record_id", "action", "version", "old", "new", "causes")
"""What is said of each entry; the rest is the save's."""


def _unlogged(value: object) -> object:
    raise TypeError(f"A value that is not logged was asked for: {value!r}.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one record.

    ``old`` is None for one that was created, both are for a deletion and a restore. ``causes`` say of fields
    that nobody wrote by hand what filled them.
    """

    module: str
    record_id: int
    action: str
    version: int
    old: Json | None = None
    new: Json | None = None
    causes: Mapping[str, str] | None = None


def open_change_set(batch: Batch, change_set: int) -> None:
    """Begin the change set that every entry of a save belongs to: who, when, by which door, for what."""
    opened = {
        "at": batch.now,
        "user_id": batch.actor.user_id,
        "door": batch.actor.door,
        "cause": batch.actor.cause,
        "revision_id": batch.plans.workplace.revision,
    }
    table = batch.plans.workplace.tables.change_sets
    insert_rows(batch.tx.connection, table, {"id": [change_set]}, opened)


Texts = tuple[str | None, str | None, str | None]
"""What an entry says as JSON: old, new, causes."""


class Log:
    """The entries of a save in their order, with their JSON where it was made ahead of time.

    ``followed`` are the records, by module, of which computed fields have another value by then.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = list(entries)
        self._texts: list[Texts | None] = [None] * len(self.entries)
        self.followed: list[tuple[str, list[Differing]]] = []

    def add(self, entries: Iterable[Entry]) -> None:
        """Put entries behind the others."""
        self.entries.extend(entries)
        self._texts.extend([None] * (len(self.entries) - len(self._texts)))

    def tell(self, works: Iterable[Work]) -> None:
        """Put the entries of records that are created or updated behind the others, and make their JSON."""
        told = list(map(entry_of, works))
        self.entries.extend(told)
        self._texts.extend(map(_texts, told))

    def replace(self, place: int, entry: Entry) -> None:
        """Put another entry in the place of one."""
        self.entries[place] = entry
        self._texts[place] = None

    def texts(self, first: int, last: int) -> list[Texts]:
        """The JSON of the entries from one place up to another."""
        both = zip(self._texts[first:last], self.entries[first:last], strict=True)
        return [known or _texts(entry) for known, entry in both]


def _texts(entry: Entry) -> Texts:
    return _text(entry.old), _text(entry.new), _text(entry.causes)


def _text(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def entry_of(work: Work) -> Entry:
    """The entry of a record that is created or updated. Fields with ``log: false`` are left out."""
    plan, logged = work.plan, work.plan.logged
    if work.old is None:
        new: Json = {}
        for key, value in work.values.items():
            if value is None or (not value and value == ()):
                continue
            to_json = logged.get(key, _unlogged)
            if to_json is None:
                new[key] = value
            elif to_json is not _unlogged:
                new[key] = to_json(value)
        for key, links in work.links.items():
            if key in logged:
                new[key] = links_json(plan.fields[key], links.after)
        return Entry(plan.key, work.id, "created", 1, None, new, _causes(work, new))
    old: Json = {}
    new = {}
    for key in work.changed:
        if key in logged:
            to_json = plan.fields[key].type.to_json
            old[key], new[key] = to_json(work.old.get(key)), to_json(work.values[key])
    for key, links in work.links.items():
        if key in logged:
            field = plan.fields[key]
            old[key], new[key] = links_json(field, links.before), links_json(field, links.after)
    version = int(str(work.old["version"])) + 1
    return Entry(plan.key, work.id, "updated", version, old, new, _causes(work, new))


def _causes(work: Work, new: Json) -> Mapping[str, str] | None:
    return {key: by for key, by in work.worked_out.items() if key in new} or None


def links_json(field: FieldPlan, links: Sequence[Link]) -> object:
    """Links as the change log keeps them."""
    if field.type.name == "files":
        return [link.id for link in links]
    if not field.attributes:
        return [link.id for link in links]
    return [
        {
            "id": link.id,
            **{
                key: field.attributes[key].type.to_json(value)
                for key, value in link.attributes.items()
                if value is not None
            },
        }
        for link in links
    ]


def write_log(batch: Batch, change_set: int, log: Log) -> None:
    """Write the entries: one statement."""
    entries = log.entries
    if not entries:
        return
    ids = batch.tx.allocate_ids(len(entries))

    def piece(first: int, last: int) -> list[Sequence[object]]:
        some = entries[first:last]
        return [
            ids[first:last],
            [entry.module for entry in some],
            [entry.record_id for entry in some],
            [entry.action for entry in some],
            [entry.version for entry in some],
            *zip(*log.texts(first, last), strict=True),
        ]

    insert_pieces(
        batch.tx.connection,
        batch.plans.workplace.tables.change_log,
        COLUMNS,
        len(entries),
        piece,
        {"change_set_id": change_set, "at": batch.now, "user_id": batch.actor.user_id},
        ready=frozenset(("old", "new", "causes")),
    )
