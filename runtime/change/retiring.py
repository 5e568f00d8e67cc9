"""Steps that take things out of sight and bring them back; no data is touched, and nothing is lost."""

from collections.abc import Iterator

from runtime.base.diagnostic import Span
from runtime.change.situation import Situation
from runtime.change.step import Step, nothing


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
