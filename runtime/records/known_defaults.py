"""Known defaults: those that are worked out, and are known before anything of the record is."""

from zoneinfo import ZoneInfo

from runtime.expressions.evaluation import BudgetError
from runtime.expressions.moment import Moment
from runtime.expressions.references import dependencies
from runtime.fields.base import InvalidValueError, Parsing
from runtime.fields.formats import Formats
from runtime.model.catalog import Expression
from runtime.records.base import Workplace
from runtime.records.plan import FieldPlan, ModulePlan


def is_known(field: FieldPlan, expression: Expression) -> bool:
    """Whether a form for a new record can begin with a field's default.

    One that depends on the record's other fields is worked out when it is saved, and so is a record that a
    field points at.
    """
    needed = dependencies(expression.tree)
    return not (field.targets or needed.paths or needed.aggregates)


def known_defaults(plan: ModulePlan, workplace: Workplace, moment: Moment) -> dict[str, object]:
    """The canonical values by field; what does not fit its field is left for the save to tell."""
    catalog = workplace.catalog
    written = plan.module.dynamics.defaults
    if not written:
        return {}
    formats, zone = Formats(catalog.languages[0], catalog.timezone), ZoneInfo(catalog.timezone)
    parsing = Parsing("rest", formats, zone, catalog.currency, catalog.picklists, types=workplace.types)
    evaluator = workplace.language.evaluator(moment)
    found: dict[str, object] = {}
    for key, expression in written.items():
        field = plan.fields[key]
        if is_known(field, expression):
            try:
                value = field.parse(evaluator.run(expression.tree, {}), field.field, parsing)
            except (InvalidValueError, BudgetError):
                continue
            if value is not None:
                found[key] = value
    return found
