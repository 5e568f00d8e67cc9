"""Check M165: an example of a formula gives something else."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runtime.base.diagnostic import Diagnostic
from runtime.expressions.evaluation import BudgetError
from runtime.expressions.moment import Moment
from runtime.fields.base import InvalidValueError, Parsing
from runtime.fields.formats import Formats
from runtime.language.checks.base import Check
from runtime.language.draft import Draft
from runtime.language.nodes import MapNode
from runtime.language.shape import Path
from runtime.language.words import shown
from runtime.model.catalog import Module
from runtime.model.dynamics import Formula


class FormulaExample(Check):
    """The examples of a formula are tried when the configuration is checked: with the values `given`, the
    record being created, the field must hold what is to be `expected`. What stands behind a relation is given
    as a map: `given: {account: {name: Acme}}`.
    """

    name = "M165"
    title = "An example that gives something else"

    def run(self, draft: Draft) -> Iterator[Diagnostic]:
        """See the class."""
        for module, formula, example, place in examples_of(draft):
            wrong = _try(draft, module, formula, example)
            if wrong:
                at = example.items["expect"].span
                yield self.found(wrong, at, place, "mend the formula or its example")


def examples_of(draft: Draft) -> Iterator[tuple[Module, Formula, MapNode, Path]]:
    """Every example, with its formula and its place."""
    for module in draft.modules.values():
        for formula in module.dynamics.formulas:
            path = ("formulas", module.key, formula.key)
            written = draft.tree("formulas", module.key) and not (formula.rule or formula.computed)
            node = draft.node(path) if written else None
            examples = node.list("examples") if isinstance(node, MapNode) else None
            for position, example in enumerate(examples.items if examples else ()):
                if isinstance(example, MapNode):
                    yield module, formula, example, (*path, "examples", str(position))


def _try(draft: Draft, module: Module, formula: Formula, example: MapNode) -> str:
    pack = draft.pack
    zone = ZoneInfo(pack.timezone)
    parsing = Parsing(
        "rest", Formats("en", pack.timezone), zone, pack.currency, draft.picklists, types=draft.types
    )
    given = example.items["given"].plain
    field = module.fields.get(formula.field)
    if field is None or formula.value is None or not isinstance(given, Mapping):
        return "only a formula that fills a field has examples"
    kind = draft.types[field.type]
    evaluator = draft.language.evaluator(Moment.at(datetime.now(UTC), zone))
    try:
        record = _record(draft, module, given, parsing)
        value = record.get(field.key)
        if formula.when is None or evaluator.run(formula.when.tree, record) is True:
            worked_out = kind.parse(evaluator.run(formula.value.tree, record), field, parsing)
            value = worked_out if worked_out is not None or formula.clear else value
        expected = kind.parse(_written(example.items["expect"].plain), field, parsing)
    except InvalidValueError as error:
        return f"the example cannot be tried: {error}"
    except (LookupError, BudgetError) as error:
        return f"the example cannot be tried: {error}"
    if value == expected:
        return ""
    return f"the formula gives {shown(kind.plain(value))} here, and not {shown(kind.plain(expected))}"


def _written(value: object) -> object:
    """A value of an example; empty is ``null`` in YAML, and ``=none`` in the language of expressions."""
    return None if value == "=none" else value


def _record(draft: Draft, module: Module, given: Mapping[str, object], parsing: Parsing) -> dict[str, object]:
    record: dict[str, object] = {"id": None}
    for field in module.all_fields():
        written = _written(given.get(field.key))
        target = draft.modules.get(field.targets[0]) if len(field.targets) == 1 else None
        if isinstance(written, Mapping) and target is not None:
            record[field.key] = _record(draft, target, written, parsing)
        elif draft.types[field.type].linked:
            record[field.key] = ()
        else:
            record[field.key] = (
                draft.types[field.type].parse(written, field, parsing) if written is not None else None
            )
    return record
