"""Finding what an import's rows mean: the record that has a row's key, and the records that it names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from runtime.base.messages import Message, message
from runtime.fields.base import InvalidValueError, Match, Parsing
from runtime.identity.actor import Actor
from runtime.records.change import Change
from runtime.records.import_entries import Entry
from runtime.records.import_map import ColumnMap, ImportMap
from runtime.records.plan import ModulePlan
from runtime.records.reading import Linking, ParsedLinking
from runtime.records.relations import Matches
from runtime.records.save import Writer
from runtime.storage.transaction import Transaction


class RowFinder:
    """Finds records for the rows of one import, each time for a whole batch."""

    def __init__(
        self,
        writer: Writer,
        plan: ModulePlan,
        columns: ImportMap,
        actor: Actor,
        parsing: Parsing,
        formats: Mapping[str, Parsing],
    ) -> None:
        """``formats`` are how single fields are read, where ``parsing`` does not serve all."""
        self._writer = writer
        self._plan = plan
        self._actor = actor
        self._parsing = parsing
        self._formats = formats
        self._keys = columns.keys
        self._made = [column for column in columns.columns if column.create]
        self._patient = [column for column in columns.columns if _may_come_later(column, plan)]
        self.is_needed = bool(self._keys or self._made or self._patient)
        """Whether anything is to be found before the writer is asked; else each row is a new record."""

    def know_keys(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        """Give each row its key in canonical values; related records are looked up together."""
        keys = self._keys
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

    def find(self, tx: Transaction, group: Sequence[Entry]) -> None:
        """Find the records that have the keys, and so are updated: one statement. No two rows of the group
        have the same key.
        """
        names = [column.field.key for column in self._keys]
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
            if (match_of := wanted.get(id(entry))) is not None:
                self._take(entry, matches.all((self._plan.key,), match_of), names)

    def _take(self, entry: Entry, found: Sequence[int], names: Sequence[str]) -> None:
        first = self._keys[0].header
        if len(found) > 1:
            entry.refuse(first, message("{count} records have this key.", count=len(found)))
        elif found:
            entry.id = found[0]
            for name in names:
                entry.values.pop(name, None)
        elif "id" in names:
            header = next(column.header for column in self._keys if column.field.key == "id")
            entry.refuse(header, message("There is no such record."))

    def make_related(self, tx: Transaction, entries: Sequence[Entry]) -> None:
        """Make the related records that are not there, where the map says `create: true`."""
        if not self._made:
            return
        matches = self._looked_up(tx, self._made, entries)
        for column in self._made:
            missing: dict[str, Change] = {}
            for match in _matches_in(entries, column):
                if not matches.all(column.field.targets, match):
                    made = Change(column.field.targets[0], match.values)
                    missing.setdefault(str(next(iter(match.values.values()))), made)
            if missing:
                self._writer.save(tx, list(missing.values()), self._actor, self._parsing, atomic=False)

    def defer(self, tx: Transaction, group: Sequence[Entry]) -> None:
        """Put off what names a record of the same module that is not there: it may stand further down in the
        file.
        """
        if not self._patient:
            return
        matches = self._looked_up(tx, self._patient, group)
        for column in self._patient:
            name = column.field.key
            for entry in group:
                value = entry.values.get(name)
                if isinstance(value, Match) and not matches.all(column.field.targets, value):
                    del entry.values[name]
                    entry.later[name] = value

    def _looked_up(self, tx: Transaction, columns: Iterable[ColumnMap], entries: Sequence[Entry]) -> Matches:
        matches = self._matches(tx)
        for column in columns:
            for match in _matches_in(entries, column):
                matches.want(column.field.targets, match)
        matches.look_up()
        return matches

    def _matches(self, tx: Transaction) -> Matches:
        return Matches(self._writer.begin(tx, (), self._actor, self._parsing))


def _may_come_later(column: ColumnMap, plan: ModulePlan) -> bool:
    # A relation to the same module may name a record that stands further down in the file.
    field = column.field
    is_own = column.match is not None and field.link is None and plan.key in field.targets
    return is_own and not field.field.required and not column.key


def _matches_in(entries: Iterable[Entry], column: ColumnMap) -> Iterator[Match]:
    for entry in entries:
        value = entry.values.get(column.field.key)
        if isinstance(value, Match):
            yield value
        elif isinstance(value, Linking | ParsedLinking):
            yield from (item for item in value.add if isinstance(item, Match))
