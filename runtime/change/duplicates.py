"""Steps that keep the keys by which possible duplicates are found, for the records that are there."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Connection, Table, delete, select

from runtime.change.filling import has_default, newly_required
from runtime.change.situation import Situation
from runtime.change.step import Step, safety_of
from runtime.fields.base import FieldType
from runtime.records.duplicate_keys import Matching, matchings
from runtime.storage.tables import ModuleTable

BATCH = 5_000
"""So many records are read at a time."""


def find_duplicates(situation: Situation) -> Iterator[Step]:
    """The keys of new rules, for the records that are there; those of rules that are no more go."""
    filled = {(each.module, each.key) for each in newly_required(situation) if has_default(each)}
    keys = situation.tables.duplicate_keys
    for module in situation.catalog.modules.values():
        rules = matchings(module, situation.types)
        before = situation.before.modules.get(module.key)
        known = before.duplicates if before is not None else ()
        gone = set(known) - {rule.number for rule in rules}
        if gone:
            what = f"Forget by what possible duplicates of {module.key} were found."
            yield Step(what, partial(_forget, keys=keys, numbers=sorted(gone)), module.origin.span)
        stale = [
            rule
            for rule in rules
            if rule.number not in known or any((module.key, each.whole) in filled for each, _ in rule.fields)
        ]
        rows = situation.rows(module.key) if stale and situation.stands(module) else 0
        if rows:
            what = f"Write by what possible duplicates of {module.key} are found."
            names = dict.fromkeys(field.whole for rule in stale for field, _ in rule.fields)
            kinds = {name: situation.types[module.fields[name].type] for name in names}
            table = situation.tables.module(module.key)
            run = partial(_fill, keys=keys, table=table, rules=stale, kinds=kinds)
            yield Step(what, run, module.origin.span, rows, safety_of(rows))


def _forget(connection: Connection, keys: Table, numbers: Sequence[int]) -> None:
    connection.execute(delete(keys).where(keys.c.rule.in_(numbers)))


def _fill(
    connection: Connection,
    keys: Table,
    table: ModuleTable,
    rules: Sequence[Matching],
    kinds: dict[str, FieldType],
) -> None:
    """Write the keys of every record, in batches by id."""
    from runtime.records.duplicates import insert_keys  # here, for few changes need it

    _forget(connection, keys, [rule.number for rule in rules])
    ids = table.columns["id"][0]
    columns = [column for name in kinds for column in table.columns[name]]
    statement = select(ids, *columns).order_by(ids)
    last = 0
    while rows := connection.execute(statement.where(ids > last).limit(BATCH)).all():
        records: dict[int, dict[str, object]] = {row[0]: {} for row in rows}
        start = 1
        for name, kind in kinds.items():
            end = start + len(table.columns[name])
            for row in rows:
                records[row[0]][name] = kind.from_columns(tuple(row[start:end]))
            start = end
        insert_keys(connection, keys, rules, records)
        last = rows[-1][0]
