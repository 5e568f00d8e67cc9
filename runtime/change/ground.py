"""Refuses to build on ground that is not as the applied revision left it."""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic, Span
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.model.catalog import Catalog, Field, Module
from runtime.storage.inspect import Live
from runtime.storage.names import Names
from runtime.storage.tables import Tables


def refuse_foreign(live: Live) -> Iterator[Diagnostic]:
    """A database that is not empty and that no runtime has set up."""
    if live.is_trellis or live.is_empty:
        return
    some = sorted(live.tables)
    shown = ", ".join(some[:5]) + (", …" if len(some) > 5 else "")
    yield Diagnostic(
        codes.FOREIGN.name,
        f"the database holds tables that are not Trellis's: {shown}",
        Span.point("pack.yaml"),
        help="name an empty database in TRELLIS_DATABASE, or on PostgreSQL a schema in TRELLIS_SCHEMA",
    )


def refuse_drift(catalog: Catalog, tables: Tables, given: Names, live: Live) -> Iterator[Diagnostic]:
    """Tables and columns that should be there and are not, or are there and should not be."""
    for module in catalog.modules.values():
        name = tables.names.table(module.key)
        known = module.key in given.tables
        yield from _one(module, f"the table {name}", known, live.has(name))
        if not known or not live.has(name):
            continue
        for key, columns in tables.module(module.key).columns.items():
            for column in columns:
                what = f"the column {column.name} of {name}"
                was_made = (module.key, key) in given.columns
                yield from _one(module.field(key) or module, what, was_made, live.has(name, column.name))
    for (owner, key), link in tables.links.items():
        field = catalog.modules[owner].field(key)
        if field is not None:
            yield from _one(field, f"the table {link.name}", (owner, key) in given.links, live.has(link.name))


def _one(at: Field | Module, what: str, known: bool, there: bool) -> Iterator[Diagnostic]:
    if known == there:
        return
    said = (
        "was made by an earlier revision, and is missing" if known else "is to be made, and is there already"
    )
    yield Diagnostic(
        codes.DRIFT.name,
        f"{what} {said}",
        at.origin.span,
        path_of(at),
        "bring it back, rename what is in the way, or restore a backup",
    )
