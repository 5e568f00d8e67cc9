"""Importing a file: its rows become changes, in batches, through the one writer. Good rows go in, others are
reported.

A second import of the same file changes nothing, where the map has a key: rows that say what stands are not
written. Links are only added, never taken away: each row says one of them. Each batch is a transaction of its
own, and the file is never in memory as a whole.

What of a batch needs no database is done on a second thread, while the database works at the batch before:
the rows are read (:mod:`runtime.records.import_reading`), and where none of them means a record that may be
there (:mod:`runtime.records.import_finding`), the writer prepares them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from runtime.base.ahead import Ahead
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused, Saved
from runtime.records.csv_file import Rows
from runtime.records.import_entries import END, BadRow, Deferred, Entry, Key, Mark, Summary
from runtime.records.import_finding import RowFinder
from runtime.records.import_map import ImportMap
from runtime.records.import_reading import RowReader
from runtime.records.plan import ModulePlan
from runtime.records.save import Writer
from runtime.records.work import Batch
from runtime.storage.transaction import Transaction

__all__ = ["BadRow", "Deferred", "Import", "Mark", "Summary"]

BATCH = 5000
"""Rows written in one transaction: some 0.5 s, so that others who write wait no longer than that."""

Write = Callable[[], AbstractContextManager[Transaction]]

Keep = Callable[[Transaction, Mark], None]
"""Keeps a mark in the transaction of the batch that it tells of."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are saved at once, each for a record of its own: the good ones prepared by the writer."""

    entries: Sequence[Entry]
    good: Sequence[Entry]
    batch: Batch


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
        self._anyway = columns.anyway
        self._actor = actor
        self._parsing = replace(parsing, door="import")
        self._formats = {
            column.field.key: replace(self._parsing, decimal=column.decimal, date_format=column.format)
            for column in columns.columns
            if column.decimal is not None or column.format is not None
        }
        self._reader = RowReader(plan, columns, self._parsing, self._formats)
        self._finder = RowFinder(writer, plan, columns, actor, self._parsing, self._formats)
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
        with Ahead(self._batches(file, mark.line)) as batches:
            for entries, whole in batches:
                read = entries[-1].lines[0].read
                for bad in self._save(entries, whole, keep, batches.go_on):
                    report(bad)
                progress(read, self.summary)
        for start in range(mark.pointed, 0 if self._dry else len(self._deferred), BATCH):
            for bad in self._point(start, file.size, keep):
                report(bad)
        progress(file.size, self.summary)
        return self.summary

    def _batches(self, file: Rows, after: int) -> Iterator[tuple[list[Entry], Group | None]]:
        # Each with the one group that it is, where that is known without the database.
        for entries in self._reader.batches(file, after, BATCH):
            yield entries, None if self._finder.is_needed else self._prepared(entries)

    def _prepared(self, entries: Sequence[Entry]) -> Group:
        good = [entry for entry in entries if not entry.wrong]
        changes = [self._change(entry) for entry in good]
        return Group(
            entries,
            good,
            self._writer.prepare(changes, self._actor, self._parsing, atomic=False, formats=self._formats),
        )

    # A batch: the rows' records are found, then saved

    def _save(
        self, entries: Sequence[Entry], whole: Group | None, keep: Keep, go_on: Callable[[], None]
    ) -> list[BadRow]:
        bad: list[BadRow] = []
        last, known = entries[-1].lines[0], len(self._deferred)
        with self._write() as tx:
            for group in self._groups(tx, entries) if whole is None else (whole,):
                bad.extend(self._save_group(tx, group, go_on))
            bad.sort(key=lambda row: row.line.number)
            self.summary.refused += len(bad)
            keep(tx, Mark(last.number, last.read, 0, self.summary, bad, self._deferred[known:]))
        return bad

    def _groups(self, tx: Transaction, entries: Sequence[Entry]) -> Iterator[Group]:
        # In one group each record comes once; each sees what those before it have written.
        self._finder.make_related(tx, entries)
        self._finder.know_keys(tx, entries)
        for group in self._without_repeats(entries):
            self._finder.find(tx, group)
            self._finder.defer(tx, group)
            yield self._prepared(group)

    def _without_repeats(self, entries: Sequence[Entry]) -> Iterator[list[Entry]]:
        # Rows that only add links to the same record are one change.
        group: list[Entry] = []
        seen: dict[Key, Entry] = {}
        for entry in entries:
            before = seen.get(entry.key) if entry.key is not None else None
            if before is not None and before.read == entry.read and self._mergeable:
                before.take_in(entry)
                continue
            if before is not None:
                yield group
                group, seen = [], {}
            group.append(entry)
            if entry.key is not None:
                seen[entry.key] = entry
        if group:
            yield group

    def _save_group(self, tx: Transaction, group: Group, go_on: Callable[[], None]) -> Iterator[BadRow]:
        outcomes = self._writer.write(tx, group.batch, go_on)
        for entry, outcome in zip(group.good, outcomes, strict=True):
            if isinstance(outcome, Refused) and len(entry.lines) > 1:
                yield from self._one_by_one(tx, entry)
            else:
                self._count(entry, outcome)
        for entry in group.entries:
            if entry.wrong:
                yield from (BadRow.of(line, entry.wrong) for line in entry.lines)

    def _one_by_one(self, tx: Transaction, entry: Entry) -> Iterator[BadRow]:
        # Several rows were one change, and one of them is wrong: each is tried by itself.
        for line, values in zip(entry.lines, entry.parts, strict=True):
            alone = Entry([line], values, entry.key, entry.id, entry.read)
            self._finder.find(tx, [alone])
            changes = [self._change(alone)]
            (outcome,) = self._writer.save(tx, changes, self._actor, self._parsing, formats=self._formats)
            self._count(alone, outcome)
            if alone.wrong:
                yield BadRow.of(line, alone.wrong)

    def _change(self, entry: Entry) -> Change:
        return Change(self._plan.key, entry.values, entry.id, read=entry.read, anyway=self._anyway)

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
                    bad.append(BadRow.of(each.line, wrong))
            self.summary.refused += len(bad)
            keep(tx, Mark(END, read, start + len(deferred), self.summary, bad))
        return bad
