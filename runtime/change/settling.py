"""Steps of a rollback for cells that hold what the configuration of then does not know, and what it asks for.

A value of a picklist that came later is not there any more, nor is a currency: the cell has again what it
held at the revision, as the change log tells, and what it holds now is kept in the quarantine.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from runtime.change.choices import known_values, lost_currencies
from runtime.change.compare import Pair
from runtime.change.filling import required_now
from runtime.change.lost import Amounts, Settling
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, nothing
from runtime.model.catalog import Field


def settle(situation: Situation) -> Iterator[Step]:
    """A step for each field that holds values of a picklist, or currencies, which the revision does not
    have.
    """
    for settling, unknown in _settlings(situation):
        field = settling.field
        values = ", ".join(sorted({key for keys in unknown.values() for key in keys}))
        what = f"Give {field.module}.{field.key} back what it held before {values}, which came later."
        run = partial(settling.run, unknown=unknown)
        yield Step(what, run, field.origin.span, settling.count(unknown), Safety.LOSSY)


def settled(situation: Situation) -> Iterator[Pair]:
    """The fields of which it writes cells."""
    return ((each.field.module, each.field.key) for each, _ in _settlings(situation))


def _settlings(situation: Situation) -> Iterator[tuple[Settling, Mapping[str, tuple[str, ...]]]]:
    """What is to be settled, with what is not known of it."""
    for module in situation.catalog.modules.values() if situation.back is not None else ():
        for field in module.fields.values():
            if field.is_virtual or not situation.stands(module):
                continue
            settling: Settling | None = None
            if "picklist" in field.settings and not _holds_no_others(situation, field):
                settling = Settling(situation, field)
            elif field.computed is None and lost_currencies(situation, field):
                settling = Amounts(situation, field)
            unknown = {} if settling is None else settling.unknown()
            if settling is not None and unknown:
                yield settling, unknown


def _holds_no_others(situation: Situation, field: Field) -> bool:
    """Whether the field's picklist has every value that it has in the applied revision."""
    module = situation.before.modules.get(field.module)
    was = None if module is None or module.retired else module.fields.get(field.key)
    picklist: str = field.settings["picklist"]
    if was is None or was.retired or was.picklist != picklist or situation.renames.any:
        return False
    return set(situation.before.picklists.get(picklist, ())) <= set(known_values(situation, field))


def ask_again(situation: Situation) -> Iterator[Step]:
    """What a required field lacks in records that were written while it was not required."""
    if situation.back is None:
        return
    for field in required_now(situation.catalog, situation.before, situation.after):
        module = situation.catalog.modules[field.module]
        column = situation.names.columns.get((field.module, field.key))
        if column is None or not situation.stands(module):
            continue
        rows = situation.stored.empties(situation.names.table(field.module), column, undeleted=True)
        if rows:
            said = f"{field.module}.{field.key}"
            what = f"Ask for {said} when a record without it is edited: it is required again."
            yield Step(what, nothing, field.origin.span, rows)
