"""A plan: what applying a configuration does to the database, step by step, or why it is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Connection

from runtime.base.diagnostic import Diagnostic
from runtime.base.registry import Registry
from runtime.change import (
    carrying,
    choices,
    codes,
    computing,
    converting_steps,
    duplicates,
    filling,
    ground,
    indexing,
    merging,
    missing,
    narrowing,
    pointers,
    renaming,
    restoring,
    retiring,
    roles,
    rows,
    searching,
    settling,
    structure,
)
from runtime.change.basis import Basis
from runtime.change.before import Before
from runtime.change.compare import compare, moved, names_moved
from runtime.change.conversions import Conversions
from runtime.change.journal import unfinished
from runtime.change.known import Known
from runtime.change.renames import (
    merged_values,
    renamed_names,
    renamed_shape,
    renames_between,
    renames_of,
    to_names_of,
    with_digests,
)
from runtime.change.revisions import Revision
from runtime.change.shape import Shape, shape_of, with_retired
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step
from runtime.change.stored import Stored
from runtime.change.way_back import gone_back, way_back
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog
from runtime.model.renames import Renames
from runtime.records.following import Name
from runtime.storage.ddl import check_format, identity_of
from runtime.storage.inspect import inspect
from runtime.storage.names import Names, name_all
from runtime.storage.structure import Structure, read_structure
from runtime.storage.tables import build_tables

STEPS: tuple[Callable[[Situation], Iterator[Step]], ...] = (
    structure.set_up,
    missing.say_what_is_missing,
    renaming.rename,
    merging.merge,
    retiring.retire,
    retiring.set_aside,
    retiring.bring_back,
    indexing.drop_indexes,
    structure.make_tables,
    structure.add_columns,
    restoring.restore,
    carrying.carry,
    settling.settle,
    settling.ask_again,
    narrowing.say_what_is_beyond,
    pointers.say_what_points_elsewhere,
    converting_steps.convert,
    rows.make_rows,
    filling.fill,
    computing.work_out,
    roles.begin_anew,
    searching.prepare_search,
    duplicates.find_duplicates,
    indexing.create_indexes,
)
"""What yields steps, in the order in which they are run."""

REFUSALS: tuple[Callable[[Situation], Iterator[Diagnostic]], ...] = (
    converting_steps.refuse,
    rows.refuse_rows,
    filling.refuse_empties,
    indexing.refuse_duplicates,
    choices.refuse_lost_values,
    choices.refuse_lost_currencies,
    pointers.refuse_lost_modules,
    narrowing.refuse_beyond,
)
"""What yields refusals, beside the comparison of the shapes."""


NOTHING = Renames()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. With ``refusals`` there are no steps and nothing may be applied.

    ``base`` is the number of the applied revision, 0 when there is none; ``structure`` is the database as it
    was found, and ``identity`` which database it is. ``names`` and ``shape`` are what the next revision
    keeps, with the ``renames`` that it makes, and ``later`` are the computed fields that the background is to
    work out. ``known`` is what was found out on the way.
    """

    steps: tuple[Step, ...]
    refusals: tuple[Diagnostic, ...]
    names: Names
    shape: Shape
    base: int
    base_hash: str
    target_hash: str
    structure: Structure
    identity: int = 0
    later: tuple[Name, ...] = ()
    renames: Renames = NOTHING
    known: Known = field(default_factory=Known, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether the configuration is the applied one, and the database is as it should be."""
        return not self.refusals and not self.steps and self.base_hash == self.target_hash

    @property
    def safety(self) -> Safety:
        """The gravest of its steps' safeties."""
        order = list(Safety)
        return max((step.safety for step in self.steps), key=order.index, default=Safety.SAFE)

    @property
    def lossy(self) -> tuple[Step, ...]:
        """The steps that somebody must agree to."""
        return tuple(step for step in self.steps if step.safety is Safety.LOSSY)

    @property
    def basis(self) -> Basis:
        """What the plan rests on and does; where it is another one, the plan is stale."""
        whats = tuple(step.what for step in self.steps)
        return Basis(self.base, self.base_hash, self.target_hash, self.structure, whats)

    @property
    def seal(self) -> str:
        """A digest of the basis."""
        return self.basis.seal


def make_plan(
    connection: Connection,
    catalog: Catalog,
    types: Registry[FieldType],
    schema: str = "public",
    language: Language | None = None,
    back_to: Revision | None = None,
    applied: Catalog | None = None,
    known: Known | None = None,
) -> Plan:
    """Plan to apply a catalog to the connection's database; it only reads. ``schema`` is PostgreSQL's.

    ``language`` is the one that formulas are written in; the standard one where none is given. ``back_to`` is
    the revision that the catalog is of, where the plan is that of a rollback. ``applied`` is the catalog of
    the applied revision, where the caller has it at hand; a conversion reads records by it. ``known`` is what
    an earlier plan of the same has found out: what many records told it is taken as it is.
    """
    known = Known() if known is None else known
    live = inspect(connection, schema)
    standing = read_structure(connection, schema)
    begun = unfinished(connection)
    if begun is not None:  # what a large apply has made so far, nobody sees
        live, standing = begun.made.hidden_in(live), begun.made.without(standing)
    base = known.applied(connection, schema)
    stored = Stored(connection, live)
    was = Before(base, applied, types, language or Language.standard(), connection.dialect.name, known)
    renames, names_before = NOTHING, Names() if base is None else base.names
    if base is not None and back_to is not None:
        between = renames_between(connection, back_to.number, base.number)
        renames = to_names_of(between.inverted(), catalog)
    elif base is not None:
        renames = renames_of(catalog, base.shape)
    target = known.shape(catalog.hash, partial(shape_of, catalog, types))
    if base is not None and renames.any:
        names, renamed = renamed_names(base.names, base.shape, renames), renamed_shape(base.shape, renames)
        spoken = shape_of(catalog, types, renames.inverted())
        base = replace(base, names=names, shape=with_digests(renamed, spoken, target))
    way = None if base is None or back_to is None else way_back(connection, base, back_to)
    if base is not None and way is not None:
        base = gone_back(base, way)
    shape, kept = (Shape(), Names()) if base is None else (base.shape, base.names)
    found = compare(shape, target, catalog, kept, stored)
    before = moved(shape, found.moves)
    given = names_moved(kept, found.moves)
    names = name_all(catalog, types, given)
    dialect = connection.dialect.name
    tables = known.tables(catalog.hash, names, dialect, partial(build_tables, catalog, names, types, dialect))
    if live.is_trellis:
        check_format(connection, tables)
    after = with_retired(target, before)
    refusals = [*ground.refuse_foreign(live), *found.refusals]
    refusals += () if refusals else ground.refuse_drift(catalog, tables, given, live)
    steps: tuple[Step, ...] = ()
    required = [
        field
        for field in filling.required_now(catalog, before, after)
        if live.has(tables.module(field.module).table.name) and way is None
    ]
    mark = (0 if base is None else base.number, catalog.hash, 0 if back_to is None else back_to.number)
    conversions = Conversions(was, found, catalog, tables, live, stored, required, renames.inverted(), mark)
    situation = Situation(
        catalog, types, schema, live, stored, before, after, given, names, tables, found,
        language, renames, merged_values(renames, names_before), conversions, way,
    )  # fmt: skip
    if not any(each.code in (codes.DRIFT.name, codes.FOREIGN.name) for each in refusals):
        refusals += [refusal for refuse in REFUSALS for refusal in refuse(situation)]
    if not refusals:
        steps = tuple(step for find in STEPS for step in find(situation))
    return Plan(
        steps,
        tuple(refusals),
        names,
        after,
        0 if base is None else base.number,
        "" if base is None else base.hash,
        catalog.hash,
        standing,
        identity_of(connection) if live.is_trellis else 0,
        () if refusals else tuple(computing.left_for_later(situation)),
        renames,
        known,
    )
