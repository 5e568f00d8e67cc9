"""Importing a file: its rows become changes, in batches, through the one writer. Good rows go in, others are
reported.

A second import of the same file changes nothing, where the map has a key: rows that say what stands are not
written. Links are only added, never taken away: each row says one of them. Each batch is a transaction of its
own, and the file is never in memory as a whole.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from runtime.base.ahead import Ahead
from runtime.base.messages import Message, message
from runtime.fields.base import InvalidValueError, Match, Parsing
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused, Saved
from runtime.records.csv_file import Line, Rows
from runtime.records.import_columns import Columns, Named, match_of
from runtime.records.import_map import ColumnMap, ImportMap
from runtime.records.plan import ModulePlan
from runtime.records.reading import Linking, ParsedLinking, Parts, Reading
from runtime.records.relations import Matches
from runtime.records.save import Writer
from runtime.storage.transaction import Transaction

BATCH = 5000
"""Rows written in one transaction: some 0.5 s, so that others who write wait no longer than that."""

END = 1 << 62
"""A line after every line of a file."""

Write = Callable[[], AbstractContextManager[Transaction]]
Key = tuple[object, ...]


@dataclass(slots=True)
class Summary:
    """What became of the rows. ``refused`` counts the rows that were reported."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that did not go in (or not whole): the columns that are wrong, and why, as whole sentences."""

    line: Line
    columns: tuple[str, ...]
    reasons: tuple[Message, ...]


@dataclass(slots=True)
class Entry:
    """A row on its way, or several that add links to one record (``parts`` are then the values of each).

    ``read`` says that the values are canonical. ``later`` are the relations that may only be known at the
    file's end.
    """

    lines: list[Line]
    values: dict[str, object] = field(default_factory=dict)
    key: Key | None = None
    id: int | None = None
    read: bool = False
    parts: list[dict[str, object]] = field(default_factory=list)
    later: dict[str, Match] = field(default_factory=dict)
    wrong: dict[str, list[Message]] = field(default_factory=dict)

    def refuse(self, header: str, reason: Message) -> None:
        """Note what is wrong with a column ('' for the row)."""
        self.wrong.setdefault(header, []).append(reason)


@dataclass(frozen=True, slots=True)
class Deferred:
    """A record that points at one which was not there yet."""

    line: Line
    id: int
    values: Mapping[str, Match]


@dataclass(slots=True)
class Mark:
    """How far an import is, when a batch has been written: all that another process needs to go on from
    there.

    ``line`` is the file's line that the last row began on, ``pointed`` how many of those that point at later
    records have been looked after. ``bad`` and ``deferred`` are the batch's own.
    """

    line: int = 0
    read: int = 0
    pointed: int = 0
    summary: Summary = field(default_factory=Summary)
    bad: Sequence[BadRow] = ()
    deferred: Sequence[Deferred] = ()


Keep = Callable[[Transaction, Mark], None]
"""Keeps a mark in the transaction of the batch that it tells of."""


class Import:
    """One import of one file into one module."""

    def __init__(
        self,
        writer: Writer,
        write: Write,
        plan: ModulePlan,
        columns: ImportMap,
        actor: Actor,
        parsing: Parsing,
        *,
        dry: bool = False,
    ) -> None:
        """``write`` opens a transaction; ``parsing`` is how an import's texts are read where the map does not
        say. In a ``dry`` one ``write`` keeps nothing, so no record can point at a later one afterwards.
        """
        self._dry = dry
        self._writer = writer
        self._write = write
        self._plan = plan
        self._map = columns
        self._actor = actor
        self._parsing = replace(parsing, door="import")
        self._formats = {
            column.field.key: replace(self._parsing, decimal=column.decimal, date_format=column.format)
            for column in columns.columns
            if column.decimal is not None or column.format is not None
        }
        self._headers = {column.field.key: column.header for column in columns.columns}
        self._mergeable = all(column.key or column.field.link is not None for column in columns.columns)
        self._deferred: list[Deferred] = []
        self.summary = Summary()

    def run(
        self,
        file: Rows,
        report: Callable[[BadRow], None],
        progress: Callable[[int, Summary], None] = lambda _read, _summary: None,
        keep: Keep = lambda _tx, _mark: None,
        since: Mark | None = None,
    ) -> Summary:
        """Import the file. ``report`` is told each bad row, ``progress`` how many bytes are read, after each
        batch. ``keep`` is called last in each batch's transaction; with ``since``, the last mark that was
        kept (and everything that was deferred before it), the import goes on after it.

        Raises UnreadableFileError when the file turns out to be none that can be read; what went in before
        stays.
        """
        mark = since or Mark()
        self.summary = replace(mark.summary)
        self._deferred = list(mark.deferred)
        with Ahead(self._entries(file, mark.line)) as batches:
            for entries in batches:
                read = entries[-1].lines[0].read
                for bad in self._save(entries, keep, batches.go_on):
                    report(bad)
                progress(read, self.summary)
        for start in range(mark.pointed, 0 if self._dry else len(self._deferred), BATCH):
            for bad in self._point(start, file.size, keep):
                report(bad)
        progress(file.size, self.summary)
        return self.summary

    def _entries(self, file: Rows, after: int) -> Iterator[list[Entry]]:
        # The file in batches, each read as far as it can be without the database.
        place = {name: index for index, name in enumerate(file.header)}
        cells = [(column, place[column.header]) for column in self._map.columns]
        columns, width = Columns(cells, self._map.empty, self._keeps_default), len(file.header)
        for lines in _batches(file, after):
            named: Named = {}
            reading = Reading(
                self._plan.importable, self._parsing, self._formats, self._plan.parent is not None
            )
            known = columns.read(lines, width, reading, named) if columns.plain else [None] * len(lines)
            entries = []
            for line, values in zip(lines, known, strict=True):
                if values is not None:
                    entries.append(Entry([line], values, read=True))
                    continue
                entry = self._entry(line, cells, width, named)
                read, wrong = reading.read(entry.values)
                if not wrong:  # else the writer says what is wrong, together with what else it finds
                    entry.values, entry.read = read, True
                entries.append(entry)
            yield entries

    def _entry(self, line: Line, cells: list[tuple[ColumnMap, int]], width: int, named: Named) -> Entry:
        entry = Entry([line])
        if len(line.cells) != width:
            entry.refuse(
                "",
                message(
                    "The row has {count} cells; the first line has {width}.",
                    count=len(line.cells),
                    width=width,
                ),
            )
            return entry
        empty, values = self._map.empty, entry.values
        for column, index in cells:
            text = line.cells[index]
            key = column.field.key
            if column.part:
                _put_part(values, column, "" if text in empty or text.strip() in empty else text)
                continue
            if text in empty or text.strip() in empty:
                if column.key:
                    entry.refuse(column.header, message("The key is empty."))
                elif column.field.link is None and not self._keeps_default(column):
                    values[key] = None
            elif column.field.link is None and column.picklist is None:
                values[key] = text if column.match is None else match_of(column, text, named)
            else:
                values[key] = _written(column, text, entry)
        return entry

    def _keeps_default(self, column: ColumnMap) -> bool:
        # An empty cell of a required field with a default means the default, not an error.
        return column.field.field.required and column.field.key in self._plan.defaults

    # A batch: the rows' records are found, then saved

    def _save(self, entries: Sequence[Entry], keep: Keep, go_on: Callable[[], None]) -> list[BadRow]:
        bad: list[BadRow] = []
        last, known = entries[-1].lines[0], len(self._deferred)
        with self._write() as tx:
            for group in self._groups(tx, entries):
                bad.extend(self._save_group(tx, group, go_on))
            bad.sort(key=lambda row: row.line.number)
            self.summary.refused += len(bad)
            keep(tx, Mark(last.number, last.read, 0, self.summary, bad, self._deferred[known:]))
        return bad

    def _groups(self, tx: Transaction, entries: Sequence[Entry]) -> Iterator[list[Entry]]:
        # In one group each record comes once. Rows that only add links to the same record are one change.
        self._make_related(tx, entries)
        self._know_keys(tx, entries)
        group: list[Entry] = []
        seen: dict[Key, Entry] = {}
        for entry in entries:
            before = seen.get(entry.key) if entry.key is not None else None
            if before is not None and before.read == entry.read and self._mergeable:
                _merge(before, entry)
                continue
            if before is not None:
                yield group
                group, seen = [], {}
            group.append(entry)
            if entry.key is not None:
                seen[entry.key] = entry
        if group:
            yield group

    def _save_group(self, tx: Transaction, group: list[Entry], go_on: Callable[[], None]) -> Iterator[BadRow]:
        self._find(tx, group)
        self._defer(tx, group)
        good = [entry for entry in group if not entry.wrong]
        changes = [self._change(entry) for entry in good]
        outcomes = self._writer.save(
            tx, changes, self._actor, self._parsing, atomic=False, formats=self._formats, meanwhile=go_on
        )
        for entry, outcome in zip(good, outcomes, strict=True):
            if isinstance(outcome, Refused) and len(entry.lines) > 1:
                yield from self._one_by_one(tx, entry)
            else:
                self._count(entry, outcome)
        for entry in group:
            if entry.wrong:
                yield from (_bad(line, entry.wrong) for line in entry.lines)

    def _one_by_one(self, tx: Transaction, entry: Entry) -> Iterator[BadRow]:
        # Several rows were one change, and one of them is wrong: each is tried by itself.
        for line, values in zip(entry.lines, entry.parts, strict=True):
            alone = Entry([line], values, entry.key, entry.id, entry.read)
            self._find(tx, [alone])
            changes = [self._change(alone)]
            (outcome,) = self._writer.save(tx, changes, self._actor, self._parsing, formats=self._formats)
            self._count(alone, outcome)
            if alone.wrong:
                yield _bad(line, alone.wrong)

    def _change(self, entry: Entry) -> Change:
        return Change(self._plan.key, entry.values, entry.id, read=entry.read, anyway=self._map.anyway)

    def _count(self, entry: Entry, outcome: Saved | Refused) -> None:
        if isinstance(outcome, Refused):
            for key, reasons in outcome.errors.items():
                header = self._headers.get(key.partition(".")[0], key)
                for reason in reasons:
                    entry.refuse(header, reason)
            return
        summary = self.summary
        setattr(summary, outcome.action, getattr(summary, outcome.action) + 1)
        if entry.later:
            self._deferred.append(Deferred(entry.lines[0], outcome.id, dict(entry.later)))

    # Finding the record that a row means

    def _know_keys(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        # Each key's canonical values; related records are looked up together.
        keys = self._map.keys
        if not keys:
            return
        matches = self._matches(tx)
        for entry in entries:
            for column in keys:
                value = entry.values.get(column.field.key)
                if isinstance(value, Match):
                    matches.want(column.field.targets, value)
        matches.look_up()
        for entry in entries:
            if not entry.wrong:
                parts = [self._key_part(entry, column, matches) for column in keys]
                if not entry.wrong:
                    entry.key = tuple(parts)

    def _key_part(self, entry: Entry, column: ColumnMap, matches: Matches) -> object:
        name = column.field.key
        value = entry.values.get(name)
        if isinstance(value, Match):
            found = matches.find(column.field.targets, value)
            if isinstance(found, Message):
                entry.refuse(column.header, found)
                return None
            entry.values[name] = found
            return found
        try:
            parsed = column.field.parse(value, column.field.field, self._formats.get(name, self._parsing))
        except InvalidValueError as error:
            entry.refuse(column.header, error.message)
            return None
        if parsed is None:
            entry.refuse(column.header, message("The key is empty."))
        return parsed

    def _find(self, tx: Transaction, group: list[Entry]) -> None:
        # The records that have the keys, and so are updated: one statement.
        names = [column.field.key for column in self._map.keys]
        if not names:
            return
        matches = self._matches(tx)
        wanted = {
            id(entry): Match(dict(zip(names, entry.key, strict=True)))
            for entry in group
            if entry.key is not None and not entry.wrong
        }
        for match in wanted.values():
            matches.want((self._plan.key,), match)
        matches.look_up()
        for entry in group:
            match_of = wanted.get(id(entry))
            if match_of is None:
                continue
            found = matches.all((self._plan.key,), match_of)
            if len(found) > 1:
                entry.refuse(
                    self._map.keys[0].header, message("{count} records have this key.", count=len(found))
                )
            elif found:
                entry.id = found[0]
                for name in names:
                    entry.values.pop(name, None)
            elif "id" in names:
                entry.refuse(self._headers["id"], message("There is no such record."))

    def _matches(self, tx: Transaction) -> Matches:
        return Matches(self._writer.begin(tx, (), self._actor, self._parsing, atomic=False))

    # Related records: made, or found later

    def _make_related(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        # The related records that are not there are made first, where the map says `create: true`.
        columns = [column for column in self._map.columns if column.create]
        if not columns:
            return
        matches = self._matches(tx)
        for column in columns:
            for match in _matches_in(entries, column):
                matches.want(column.field.targets, match)
        matches.look_up()
        for column in columns:
            missing: dict[str, Change] = {}
            for match in _matches_in(entries, column):
                if not matches.all(column.field.targets, match):
                    made = Change(column.field.targets[0], match.values)
                    missing.setdefault(str(next(iter(match.values.values()))), made)
            if missing:
                self._writer.save(tx, list(missing.values()), self._actor, self._parsing, atomic=False)

    def _defer(self, tx: Transaction, group: list[Entry]) -> None:
        # A relation to the same module may name a record that stands further down in the file.
        columns = [
            column
            for column in self._map.columns
            if column.match is not None
            and column.field.link is None
            and self._plan.key in column.field.targets
            and not column.field.field.required
            and not column.key
        ]
        if not columns:
            return
        matches = self._matches(tx)
        for column in columns:
            for match in _matches_in(group, column):
                matches.want(column.field.targets, match)
        matches.look_up()
        for column in columns:
            name = column.field.key
            for entry in group:
                value = entry.values.get(name)
                if isinstance(value, Match) and not matches.all(column.field.targets, value):
                    del entry.values[name]
                    entry.later[name] = value

    def _point(self, start: int, read: int, keep: Keep) -> list[BadRow]:
        # The end of the file: what was not there then is there now, or is wrong.
        deferred = self._deferred[start : start + BATCH]
        changes = [Change(self._plan.key, each.values, each.id) for each in deferred]
        bad: list[BadRow] = []
        with self._write() as tx:
            latest = {each.id: change for each, change in zip(deferred, changes, strict=True)}
            kept = [each for each, change in zip(deferred, changes, strict=True) if latest[each.id] is change]
            outcomes = self._writer.save(
                tx, list(latest.values()), self._actor, self._parsing, atomic=False, formats=self._formats
            )
            for each, outcome in zip(kept, outcomes, strict=True):
                if isinstance(outcome, Refused):
                    wrong = {
                        self._headers.get(key, key): list(reasons) for key, reasons in outcome.errors.items()
                    }
                    bad.append(_bad(each.line, wrong))
            self.summary.refused += len(bad)
            keep(tx, Mark(END, read, start + len(deferred), self.summary, bad))
        return bad


def _batches(file: Rows, after: int) -> Iterator[list[Line]]:
    lines: list[Line] = []
    for line in file:
        if line.number <= after:
            continue
        lines.append(line)
        if len(lines) == BATCH:
            yield lines
            lines = []
    if lines:
        yield lines


def _put_part(values: dict[str, object], column: ColumnMap, text: str) -> None:
    before = values.get(column.field.key)
    known = before.values if isinstance(before, Parts) else {}
    values[column.field.key] = Parts({**known, column.part: text})


def _written(column: ColumnMap, text: str, entry: Entry) -> object:
    # A cell as the writer takes it: a match for a relation, the key for a picklist, an addition for links.
    field = column.field
    if column.picklist is not None:
        found = [
            column.picklist.get(part.strip()) for part in _parts(text, many=field.type.name != "picklist")
        ]
        if None in found:
            entry.refuse(
                column.header,
                message('{label} has no value "{value}".', label=field.field.label, value=text[:100]),
            )
        return found if field.type.name != "picklist" else found[0]
    parts = _parts(text, many=True)
    if column.match is None:
        return Linking(add=tuple(parts))
    return Linking(add=tuple(Match({column.match: part}) for part in parts))


def _parts(text: str, *, many: bool) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()] if many else [text]


def _matches_in(entries: Iterable[Entry], column: ColumnMap) -> Iterator[Match]:
    for entry in entries:
        value = entry.values.get(column.field.key)
        if isinstance(value, Match):
            yield value
        elif isinstance(value, Linking | ParsedLinking):
            yield from (item for item in value.add if isinstance(item, Match))


def _merge(into: Entry, entry: Entry) -> None:
    if not into.parts:
        into.parts.append(dict(into.values))
    into.parts.append(entry.values)
    into.lines.extend(entry.lines)
    for key, value in entry.values.items():
        before = into.values.get(key)
        if isinstance(value, Linking | ParsedLinking) and isinstance(before, Linking | ParsedLinking):
            into.values[key] = replace(before, add=(*before.add, *value.add))
        elif isinstance(value, Linking | ParsedLinking):
            into.values[key] = value


def _bad(line: Line, wrong: Mapping[str, Sequence[Message]]) -> BadRow:
    columns = tuple(name for name in wrong if name)
    return BadRow(line, columns, tuple(reason for reasons in wrong.values() for reason in reasons))
