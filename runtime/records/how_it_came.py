"""How it came: what gives a field of a record its value, and who wrote it last."""

from collections.abc import Iterator
from dataclasses import dataclass

from runtime.base.diagnostic import Span
from runtime.model.catalog import Expression, Field, Module
from runtime.records.explaining import Asking, Explainer, Explanation
from runtime.records.read import Happening, Records, Step


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that gives a field its value: its ``default``, its own ``formula`` (``computed``), a
    ``formula`` that runs at its ``moments`` and on a condition, or a ``rule`` whose condition becomes true.
    """

    kind: str
    key: str
    moments: tuple[str, ...]
    span: Span
    value: Explanation
    when: Explanation | None = None

    @property
    def holds(self) -> bool:
        """Whether its condition is true of the record as it stands."""
        return self.when is None or self.when.value is True


@dataclass(frozen=True, slots=True)
class HowItCame:
    """A field of a record: what gives it its value, and the latest entry of the change log about it."""

    field: Field
    causes: tuple[Cause, ...]
    happening: Happening | None = None
    step: Step | None = None


def explained_fields(module: Module) -> frozenset[str]:
    """The fields that something but a person's hand, or a literal, gives their values."""
    computed = {field.key for field in module.fields.values() if field.computed is not None}
    return module.dynamics.filled | computed


def how_it_came(explainer: Explainer, records: Records, asking: Asking, field: Field) -> HowItCame | None:
    """What gives a field of the record its value; None where the asker may not read it."""
    if not explainer.may_read(asking, [(asking.module, field.key)]):
        return None
    module = explainer.module(asking.module)
    causes = tuple(
        Cause(
            kind,
            key,
            moments,
            value.span,
            explainer.explain(asking, value, creating=kind == "default"),
            explainer.explain(asking, when) if when is not None else None,
        )
        for kind, key, moments, value, when in _sources(module, field)
    )
    happening, step = _last(records, asking, field)
    return HowItCame(field, causes, happening, step)


_Source = tuple[str, str, tuple[str, ...], Expression, Expression | None]


def _sources(module: Module, field: Field) -> list[_Source]:
    return list(_each(module, field))


def _each(module: Module, field: Field) -> Iterator[_Source]:
    dynamics = module.dynamics
    if field.computed is not None:
        yield "computed", field.key, (), field.computed.expression, None
    if field.key in dynamics.defaults:
        yield "default", field.key, (), dynamics.defaults[field.key], None
    for formula in dynamics.formulas:
        if formula.field != field.key or formula.value is None or formula.computed:
            continue
        if formula.rule:
            yield "rule", formula.rule, (), formula.value, formula.when
        else:
            yield "formula", formula.key, formula.run, formula.value, formula.when


def _last(records: Records, asking: Asking, field: Field) -> tuple[Happening | None, Step | None]:
    found = records.history(asking.connection, asking.actor, asking.moment, asking.module, asking.record_id)
    for happening in found:
        if (happening.module, happening.record_id) == (asking.module, asking.record_id):
            for step in happening.steps:
                if step.key == field.key:
                    return happening, step
    return None, None
