"""Going back: an earlier revision's text becomes the applied configuration again, as a new revision.

It is an apply like any other, of the text that the revision keeps; :mod:`runtime.change.way_back` says what
its fields' columns are called now, and the steps of ``restoring``, ``carrying`` and ``settling`` see to the
cells.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from runtime.base.registry import Registry
from runtime.change.revisions import Revision, latest_number, open_applied, read_revision
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.language.checks.base import Check
from runtime.language.load import Loaded, load_sources


class NoWayBackError(Exception):
    """A revision that cannot be gone back to; ``loaded`` says what is wrong with its text."""

    def __init__(self, sentence: str, loaded: Loaded | None = None) -> None:
        super().__init__(sentence)
        self.loaded = loaded


@dataclass(frozen=True, slots=True)
class Aim:
    """A revision to go back to, and what its text is to this version of the program."""

    revision: Revision
    loaded: Loaded


def aim_at(
    connection: Connection,
    number: int,
    schema: str,
    types: Registry[FieldType],
    checks: Registry[Check],
    language: Language,
) -> Aim:
    """Read and load a revision. Raises :class:`NoWayBackError` with a whole sentence."""
    now = open_applied(connection, schema)
    if now is None:
        raise NoWayBackError("Nothing is applied to the database yet, so nothing is to go back to.")
    if number == now.number:
        raise NoWayBackError(f"Revision {number} is the applied one.")
    if not 1 <= number < now.number:
        latest = latest_number(connection)
        raise NoWayBackError(
            f"There is no revision {number}: the newest is {latest}. trellis history has all."
        )
    revision = read_revision(connection, number)
    loaded = load_sources(revision.layers, types=types, checks=checks, language=language)
    if loaded.catalog is None:
        sentence = (
            f"Revision {number} cannot be read by this version of Trellis, so it cannot be applied again."
        )
        raise NoWayBackError(sentence, loaded)
    return Aim(revision, loaded)
