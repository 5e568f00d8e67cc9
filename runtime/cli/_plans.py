"""What the commands about plans and revisions share: reading a plan's file, a revision, and its catalog."""

from pathlib import Path
from typing import TYPE_CHECKING

from runtime.cli.base import REFUSED, CommandError, House

if TYPE_CHECKING:
    from runtime.change.people import Changes
    from runtime.change.plan import Plan
    from runtime.change.revisions import Revision
    from runtime.change.sealed import Sealed
    from runtime.language.checks.base import Check
    from runtime.language.load import Loaded
    from runtime.model.catalog import Catalog
    from runtime.storage.database import Database


def read_plan(path: Path) -> "Sealed":
    """The plan of a file; a damaged one is refused."""
    from runtime.change.sealed import LARGEST, PlanFileError, read_sealed

    try:
        with path.open("rb") as file:
            return read_sealed(file.read(LARGEST + 1))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    except PlanFileError as error:
        raise CommandError(f"{path} is not applied. {error}", REFUSED) from None


def load_plan(sealed: "Sealed", house: House) -> "Loaded":
    """The configuration that a plan's file carries."""
    from runtime.language.load import load_sources

    return load_sources(sealed.layers, types=house.types, checks=house.checks, language=house.language)


def changes_for_people(
    before: "Catalog | None", after: "Catalog", plan: "Plan", database: "Database", house: House
) -> "Changes":
    """What applying a catalog by its plan changes for people; nothing where nothing is applied yet."""
    from runtime.change.before import before_of
    from runtime.change.people.telling import ACCESS, tell, with_reach

    changes = tell(before, after, plan.renames)
    if ACCESS not in changes or plan.refusals:
        return changes
    with database.read() as connection:
        was = before_of(connection, database.schema, before, house.types, house.language)
        return with_reach(changes, connection, was, after, plan.renames)


def applied_catalog(database: "Database", house: House, loaded: "Catalog") -> "Catalog | None":
    """The applied revision's catalog, which may be the one that was ``loaded``; None where there is none, or
    none that this version can read.
    """
    from runtime.change.revisions import open_applied

    with database.read() as connection:
        return catalog_beside(loaded, open_applied(connection, database.schema), house)


def catalog_beside(loaded: "Catalog", applied: "Revision | None", house: House) -> "Catalog | None":
    """The applied revision's catalog, which may be the one that was ``loaded``; None as above."""
    if applied is not None and applied.hash == loaded.hash:
        return loaded
    return None if applied is None else catalog_of(applied, house)


def catalog_of(revision: "Revision", house: House) -> "Catalog | None":
    """A revision's catalog; None when this version of Trellis cannot read its text any more. What it means
    was checked when it was applied.
    """
    from runtime.base.registry import Registry
    from runtime.language.load import load_sources

    unchecked: Registry[Check] = Registry("check", ())
    loaded = load_sources(
        revision.layers, types=house.types, checks=unchecked, language=house.language, shelf=house.shelf
    )
    return loaded.catalog


def must_be_set_up(database: "Database") -> None:
    """End the command where the database has no revisions, saying what it is instead."""
    from runtime.change.revisions import is_set_up
    from runtime.storage.inspect import inspect

    with database.read() as connection:
        if is_set_up(connection, database.schema):
            return
        is_empty = inspect(connection, database.schema).is_empty
    if is_empty:
        raise CommandError("The database is empty: nothing was applied yet.")
    raise CommandError("The database is not one of Trellis: it holds other tables, and no revisions.")
