"""Refuses to take away what stored values are: a picklist's value, a currency."""

from collections.abc import Iterator
from itertools import chain

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.shape import FieldShape
from runtime.change.situation import Situation
from runtime.change.step import counted
from runtime.model.catalog import Field
from runtime.storage.names import suffixed
from runtime.storage.tables import link_attributes, link_columns


def refuse_lost_values(situation: Situation) -> Iterator[Diagnostic]:
    """The values of picklists that are gone and in use; a rollback settles them."""
    if situation.back is not None:
        return
    for module in situation.catalog.modules.values():
        old = situation.before.modules.get(module.key)
        if old is None:
            continue
        back = old.retired
        for key, field in module.fields.items():
            was = old.fields.get(key)
            if was is None:
                continue
            if was.picklist and _lost(situation, was, field, back or was.retired):
                table = situation.names.table(module.key)
                yield from _refuse_uses(situation, field, table, situation.names.column(module.key, key))
            for name, attribute in link_attributes(field).items():
                before = was.link.get(name)
                if before and before.picklist and _lost(situation, before, attribute, back or was.retired):
                    link = situation.tables.link(module.key, key)
                    column = link_columns(link, name, attribute, situation.types)[0]
                    yield from _refuse_uses(situation, attribute, link.name, column.name)


def refuse_lost_currencies(situation: Situation) -> Iterator[Diagnostic]:
    """The currencies that are gone and have amounts; a rollback settles them."""
    if situation.back is not None:
        return
    for module in situation.catalog.modules.values():
        for field in module.fields.values():
            known = ", ".join(sorted(known_currencies(situation, field)))
            for currency, count in lost_currencies(situation, field).items():
                yield Diagnostic(
                    codes.CURRENCY.name,
                    f"{counted(count, 'record')} of {module.key} {_has(count)} an amount in {currency},"
                    f" and the site's currencies are {known}",
                    field.origin.span,
                    path_of(field),
                    f"keep {currency} in the rates of pack.yaml, or change these amounts first",
                )


def known_currencies(situation: Situation, field: Field) -> tuple[str, ...]:
    """The currencies that a field's amounts may be in; none where it has no amounts."""
    return situation.after.modules[field.module].fields[field.key].currencies


def lost_currencies(situation: Situation, field: Field) -> dict[str, int]:
    """The currencies that are gone, of which a field has amounts, each with how many records have one."""
    old = situation.before.modules.get(field.module)
    was = old.fields.get(field.key) if old else None
    known = known_currencies(situation, field)
    if was is None or not known or set(was.currencies) <= set(known):
        return {}
    table = situation.names.table(field.module)
    column = suffixed(situation.names.column(field.module, field.key), "currency")
    uses = situation.stored.uses(table, column)
    return {currency: uses[currency] for currency in sorted(uses) if currency not in known}


def _lost(situation: Situation, was: FieldShape, field: Field, is_back: bool) -> bool:
    """Whether the field may hold values that it has no more; one that comes back may hold any."""
    new = known_values(situation, field)
    return is_back or bool(set(situation.before.picklists.get(was.picklist or "", ())) - set(new))


def known_values(situation: Situation, field: Field) -> tuple[str, ...]:
    """The values of a field's picklist."""
    picklist = situation.catalog.picklists.get(field.settings.get("picklist", ""))
    return tuple(picklist.values) if picklist else ()


def _refuse_uses(situation: Situation, field: Field, table: str, column: str) -> Iterator[Diagnostic]:
    picklist = situation.catalog.picklists.get(field.settings.get("picklist", ""))
    of = picklist.key if picklist is not None else ""
    known = {situation.names.stored(of, key) for key in known_values(situation, field)}
    taken = {stored for picklist_key, stored in situation.merged if picklist_key == of}
    counts: dict[str, int] = {}
    for stored, count in situation.stored.uses(table, column).items():
        keys = situation.types[field.type].from_columns((stored,))
        for key in chain(keys) if isinstance(keys, tuple) else (keys,):
            if key not in known and key not in taken:
                counts[str(key)] = counts.get(str(key), 0) + count
    for key, count in sorted(counts.items()):
        if picklist is not None:
            yield Diagnostic(
                codes.PICKLIST.name,
                f"the value {key} is gone from the picklist {picklist.key}, and {counted(count, 'record')} of"
                f" {field.module} {_has(count)} it in {field.key}",
                picklist.origin.span,
                f"{picklist.key}.values",
                f"keep the value {key}, write was: {key} at the value that it becomes, or give these records"
                " another one first",
                related=(field.origin.span,),
            )


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
