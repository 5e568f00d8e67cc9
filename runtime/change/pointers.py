"""Modules that an ``any_relation`` may point at no more: no change may leave records that do.

A module that is retired is another matter: nothing is shown of its records, and all of it comes back with it.
"""

from collections.abc import Iterator, Mapping

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.shape import AMONG, FieldShape
from runtime.change.situation import Situation
from runtime.change.step import Step, counted, nothing
from runtime.model.catalog import Field
from runtime.storage.names import MODULES, suffixed


def refuse_lost_modules(situation: Situation) -> Iterator[Diagnostic]:
    """The fields that point at records of modules which they may point at no more."""
    for field, counts in _lost(situation) if situation.back is None else ():
        for module, count in counts.items():
            points = "points" if count == 1 else "point"
            now = " or ".join(field.settings[AMONG])
            yield Diagnostic(
                codes.POINTER.name,
                f"{counted(count, 'record')} of {field.module} {points} at records of {module} in"
                f" {field.key}, which may point at records of {now} alone",
                field.origin.span,
                path_of(field),
                f"keep {module} among its modules, or let these records point elsewhere first",
            )


def say_what_points_elsewhere(situation: Situation) -> Iterator[Step]:
    """What a rollback leaves although the modules of then do not have it."""
    for field, counts in _lost(situation) if situation.back is not None else ():
        modules = " and ".join(counts)
        what = (
            f"Leave {field.module}.{field.key} where it points at records of {modules}, as it could not then."
        )
        yield Step(what, nothing, field.origin.span, sum(counts.values()))


def _lost(situation: Situation) -> Iterator[tuple[Field, Mapping[str, int]]]:
    """The fields, each with how many records point at which of those modules."""
    for module in situation.catalog.modules.values():
        old = situation.before.modules.get(module.key)
        for key, field in module.fields.items() if old is not None else ():
            was = old.fields.get(key) if old is not None else None
            if AMONG not in field.settings or was is None or was.type != field.type:
                continue
            is_back = was.retired or (old is not None and old.retired)
            gone = _gone(situation, field, None if is_back else was)
            found = _uses(situation, field) if gone else {}
            if counts := {each: found[each] for each in gone if each in found}:
                yield field, counts


def _gone(situation: Situation, field: Field, was: FieldShape | None) -> list[str]:
    """The modules that it may not point at, of those that it might; any, where nobody knows."""
    known = was.limits.get(AMONG) if was is not None and was.limits is not None else None
    before = situation.catalog.modules if known is None else known.split()
    now = field.settings[AMONG]
    return [each for each in before if each in situation.catalog.modules and each not in now]


def _uses(situation: Situation, field: Field) -> Mapping[str, int]:
    """How many records point at which modules."""
    names = situation.names
    column = suffixed(names.column(field.module, field.key), "module")
    stored = situation.stored.uses(names.table(field.module), column)
    modules = {names.stored(MODULES, key): key for key in situation.catalog.modules}
    return {modules[each]: count for each, count in stored.items() if each in modules}
