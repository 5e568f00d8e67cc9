"""Steps that take things out of sight and bring them back; no data is touched, and nothing is lost."""

from collections.abc import Iterator

from runtime.base.diagnostic import Span
from runtime.change.situation import Situation
from runtime.change.step import Safety, Step, nothing


def retire(situation: Situation) -> Iterator[Step]:
    """What the configuration has no more."""
    for key in situation.comparison.retired_modules:
        rows = situation.stored.rows(situation.given.table(key))
        what = f"Retire the module {key}: hidden, with its records kept."
        yield Step(what, nothing, rows=rows)
    for module, key in situation.comparison.retired_fields:
        at = situation.catalog.modules[module].origin.span
        what = f"Retire the field {module}.{key}: hidden, its values kept."
        yield Step(what, nothing, Span.point(at.file))


def set_aside(situation: Situation) -> Iterator[Step]:
    """What people wrote into fields that are computed now."""
    for (module, key), (_, aside) in situation.comparison.moves.items():
        field = situation.catalog.modules[module].fields.get(key)
        parked = situation.before.modules[module].fields.get(aside)
        if field is None or field.computed is None or parked is None or parked.formula is not None:
            continue
        if parked.retired or (module, aside) not in situation.given.columns:
            continue
        table, column = situation.given.table(module), situation.given.column(module, aside)
        rows = situation.rows(module) - situation.stored.empties(table, column, undeleted=False)
        if rows:
            what = f"Set aside what people wrote into {module}.{key}, which is worked out now."
            yield Step(what, nothing, field.origin.span, rows, Safety.LOSSY)


def bring_back(situation: Situation) -> Iterator[Step]:
    """What was retired and is there again."""
    for module in situation.comparison.returned_modules:
        rows = situation.rows(module.key)
        what = f"Bring the module {module.key} back with its records."
        yield Step(what, nothing, module.origin.span, rows)
    back = {module.key for module in situation.comparison.returned_modules}
    for field in situation.comparison.returned_fields:
        if field.module not in back:
            what = f"Bring the field {field.module}.{field.key} back with the values it had."
            yield Step(what, nothing, field.origin.span)
