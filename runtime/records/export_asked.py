"""What somebody asks to be exported, as plain values: it may wait in a queue for another process."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from runtime.base.messages import message
from runtime.base.registry import Registry
from runtime.base.suggest import did_you_mean
from runtime.expressions.moment import Moment
from runtime.fields.base import FieldType, Parsing
from runtime.identity.actor import Actor
from runtime.model.catalog import Catalog, Expression, Filter, Module, Path, SortKey
from runtime.records.access import Judge
from runtime.records.export_columns import Wording, columns_of, every_path
from runtime.records.export_files import FORMATS, FileFormat
from runtime.records.exporting import Export, NotExportedError, Read, exported, may_read
from runtime.storage.query import Query
from runtime.storage.reader import Reader

MOST_COLUMNS = 300
"""More columns than a list is given by hand."""


class Snapshot(Protocol):
    """The parts of a snapshot that an export is made of; :class:`runtime.sites.live.Live` has them."""

    @property
    def catalog(self) -> Catalog:
        """The configuration."""
        ...

    @property
    def types(self) -> Registry[FieldType]:
        """The field types."""
        ...

    @property
    def reader(self) -> Reader:
        """The one query's door."""
        ...

    @property
    def judge(self) -> Judge:
        """Who may what."""
        ...

    @property
    def condition(self) -> Callable[[Module, str], Expression]:
        """Reads a condition that a user gives."""
        ...

    def moment(self, actor: Actor) -> Moment:
        """The present moment and the actor."""
        ...

    def parsing(self, actor: Actor, door: str) -> Parsing:
        """How what the actor wrote is read, and in whose language."""
        ...

    def path(self, module: Module, text: str) -> Path:
        """The path that a text names."""
        ...

    def sort_keys(self, module: Module, text: str) -> tuple[SortKey, ...]:
        """The sort order that a text names."""
        ...


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """What is asked for. ``columns`` are paths; without them it is what the filter shows, or with ``every``
    each field that the actor may read. ``where`` are conditions beside the filter's own.
    """

    module: str
    format: str = "xlsx"
    filter: str = ""
    where: tuple[str, ...] = ()
    search: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    every: bool = False
    keys: bool = False
    ids: bool = False

    def to_json(self) -> dict[str, Any]:
        """As a value of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "ExportAsked":
        """What :meth:`to_json` gave."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in given.items()
            if key in known
        }
        return cls(**values)

    def open(self, live: Snapshot, read: Read, actor: Actor) -> Export:
        """The export itself, with the actor's rights of this moment.

        Raises :class:`NotExportedError`, and what the snapshot raises for a condition or a path that is none.
        """
        module = self._module(live)
        chosen = self._filter(live)
        if self.format not in FORMATS:
            raise NotExportedError(message("An export is one of {names}.", names=", ".join(FORMATS)))
        paths = self._paths(live, module, chosen, actor)
        if len(paths) > MOST_COLUMNS:
            raise NotExportedError(message("An export has {most} columns at most.", most=MOST_COLUMNS))
        where = tuple(live.condition(module, text) for text in self.where)
        if chosen is not None and chosen.where is not None:
            where = (chosen.where, *where)
        sort = chosen.sort if chosen is not None else ()
        query = Query(
            module.key,
            columns=paths,
            where=where,
            sort=live.sort_keys(module, self.sort) if self.sort else sort,
            search=self.search or None,
        )
        split = self.format in ("csv", "xlsx")
        wording = Wording(live.parsing(actor, "import"), live.types, self.keys, self.ids, split)
        return Export(
            title=module.plural.in_language(actor.language),
            query=exported(live.judge, actor, query),
            columns=columns_of(paths, wording),
            reader=live.reader,
            read=read,
            moment=live.moment(actor),
        )

    @property
    def file_format(self) -> FileFormat:
        """The kind of file."""
        return FORMATS[self.format]

    def _module(self, live: Snapshot) -> Module:
        module = live.catalog.modules.get(self.module)
        if module is None:
            hint = did_you_mean(self.module, live.catalog.modules)
            raise NotExportedError(
                message(
                    'There is no module "{module}". {hint}', module=self.module[:100], hint=hint.capitalize()
                )
                if hint
                else message('There is no module "{module}".', module=self.module[:100])
            )
        return module

    def _filter(self, live: Snapshot) -> Filter | None:
        if not self.filter:
            return None
        found = live.catalog.filters.get(self.module, {}).get(self.filter)
        if found is None:
            raise NotExportedError(message('There is no filter "{filter}".', filter=self.filter[:100]))
        return found

    def _paths(self, live: Snapshot, module: Module, chosen: Filter | None, actor: Actor) -> tuple[Path, ...]:
        if self.columns:
            own = {path.text: path for path in chosen.columns} if chosen is not None else {}
            paths = tuple(own.get(text) or live.path(module, text) for text in self.columns)
            for path in paths:
                if live.types[path.field.type].hidden:
                    raise NotExportedError(message("{label} is shown to nobody.", label=path.field.label))
            return paths
        if chosen is not None and not self.every:
            return chosen.columns
        paths = every_path(module, live.types, keys=self.keys or self.format in ("json", "jsonl"))
        return tuple(path for path in paths if may_read(live.judge, actor, path))
