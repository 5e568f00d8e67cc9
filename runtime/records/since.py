"""What happened to a record since a version: which of its fields somebody has changed meanwhile, and who."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from runtime.expressions.moment import Moment
from runtime.model.catalog import Module
from runtime.model.values import Ref
from runtime.records.base import Workplace
from runtime.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What became of one field: who changed it last (None for the system) and when, and what it was before
    the first of the changes, as the change log keeps it.
    """

    user: Ref | None
    at: datetime
    before: object


@dataclass(frozen=True, slots=True)
class Since:
    """What the change log knows of a record since a version.

    A field that is not logged (``log: false``) may have changed without a word, so it counts as changed.
    """

    module: Module
    fields: Mapping[str, Meanwhile]
    rows: frozenset[str]

    def touches(self, key: str) -> bool:
        """Whether somebody may have changed a field, or rows, since."""
        field = self.module.field(key)
        return key in self.fields or key in self.rows or (field is not None and not field.log)


def changed_since(
    connection: Connection,
    workplace: Workplace,
    reader: Reader,
    module: Module,
    record_id: int,
    version: int,
    moment: Moment | None = None,
) -> Since:
    """The fields of a record that were changed after ``version``, each with its latest change."""
    log, sets = workplace.tables.change_log, workplace.tables.change_sets
    written = connection.execute(
        select(log.c.module, log.c.old, log.c.new, log.c.user_id, log.c.at, sets.c.revision_id)
        .join(sets, sets.c.id == log.c.change_set_id)
        .where(log.c.record_id == record_id, log.c.version > version, log.c.action == "updated")
        .order_by(log.c.id)
    ).all()
    entries = workplace.former.now(written)
    users = sorted({each.user_id for each in entries if each.user_id is not None})
    titles = reader.titles(connection, "users", users, moment)
    found: dict[str, Meanwhile] = {}
    for each in entries:
        user_id = each.user_id
        user = Ref("users", user_id, titles.get(user_id, "")) if user_id is not None else None
        for key in each.new or ():
            before = found[key].before if key in found else (each.old or {}).get(key)
            found[key] = Meanwhile(user, each.at, before)
    return Since(module, found, _rows(connection, workplace, module, record_id, version))


def _rows(
    connection: Connection, workplace: Workplace, module: Module, record_id: int, version: int
) -> frozenset[str]:
    # Rows that anybody has written since the record got that version; a record's rows are few.
    log = workplace.tables.change_log
    begun = connection.execute(
        select(log.c.change_set_id)
        .where(log.c.record_id == record_id, log.c.version <= version)
        .order_by(log.c.id.desc())
        .limit(1)
    ).scalar()
    touched: set[str] = set()
    for collection in module.rows():
        table = workplace.tables.module(collection.target)
        rows = select(table.columns["id"][0]).where(table.columns["parent"][0] == record_id)
        later = log.c.change_set_id > (begun or 0)
        statement = select(log.c.id).where(log.c.record_id.in_(rows), later).limit(1)
        if connection.execute(statement).first() is not None:
            touched.add(collection.key)
    return frozenset(touched)
