"""Steps that work out computed fields of the records that are there: a formula is new, or another one."""

from collections.abc import Iterator
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from runtime.base.clock import SystemClock
from runtime.base.diagnostic import Span
from runtime.change.estimate import COMPUTE, seconds
from runtime.change.restoring import rewritten
from runtime.change.settling import settled
from runtime.change.situation import Situation
from runtime.change.step import MANY, Step, nothing, safety_of
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.terms import terms_of
from runtime.fields.formats import Formats
from runtime.model.catalog import Field
from runtime.records.following import Following, Name, Wave
from runtime.storage.recomputing import Recomputing
from runtime.storage.statement import Parts


def stale_fields(situation: Situation) -> list[Name]:
    """The stored computed fields with another formula than was applied, and all that read them, in order."""
    changed = [name for name in situation.catalog.computed if _is_changed(situation, name)]
    changed += situation.conversions.fields
    changed += rewritten(situation)
    changed += settled(situation)
    return Following(situation.catalog).after(changed) if changed else []


def left_for_later(situation: Situation) -> list[Name]:
    """Those that are left to the background: from the first on whose records are too many."""
    later: list[Name] = []
    for wave in _waves(situation):
        if later or situation.rows(wave.module) > MANY:
            later += [(wave.module, key) for key in wave.fields]
    return later


def work_out(situation: Situation) -> Iterator[Step]:
    """A step for each wave: in the apply itself, or in the background once it has landed."""
    later = set(left_for_later(situation))
    for wave in _waves(situation):
        rows = situation.rows(wave.module)
        fields = " and ".join(wave.fields)
        first = situation.catalog.modules[wave.module].fields[wave.fields[0]]
        if (wave.module, wave.fields[0]) in later:
            what = f"Work out {fields} of {wave.module}, in the background after the apply."
            yield Step(what, nothing, _place(first), rows, safety_of(rows))
        else:
            what = f"Work out {fields} of {wave.module}."
            run = partial(_rewrite, situation=situation, wave=wave)
            place, estimate = _place(first), seconds(rows, COMPUTE)
            yield Step(what, run, place, rows, safety_of(rows), estimate=estimate)


def _waves(situation: Situation) -> list[Wave]:
    stale = stale_fields(situation)
    if not stale:
        return []
    waves = Following(situation.catalog).waves_of(stale)
    modules = situation.catalog.modules
    return [wave for wave in waves if situation.stands(modules[wave.module]) and situation.rows(wave.module)]


def _is_changed(situation: Situation, name: Name) -> bool:
    module, key = name
    before = situation.before.modules.get(module)
    old = None if before is None or before.retired else before.fields.get(key)
    new = situation.after.modules[module].fields[key]
    return old is None or old.retired or (old.formula, old.stored) != (new.formula, new.stored)


def _place(field: Field) -> Span:
    return field.computed.expression.span if field.computed is not None else field.origin.span


def _rewrite(connection: Connection, situation: Situation, wave: Wave) -> None:
    catalog = situation.catalog
    formats = Formats(catalog.languages[0], catalog.timezone)
    moment = Moment.at(SystemClock().now(), ZoneInfo(catalog.timezone), None, terms_of(catalog))
    language = situation.language or Language.standard()
    parts = Parts(catalog, situation.tables, situation.types, language, formats)
    Recomputing(parts, moment).rewrite(connection, wave.module, wave.fields, None)
