"""Filling: fields of records get what expressions give, for a whole batch."""

from collections.abc import Iterable

from runtime.expressions.keeping import kept
from runtime.expressions.references import dependencies
from runtime.fields.base import InvalidValueError
from runtime.fields.money import Money as MoneyType
from runtime.model.catalog import Expression
from runtime.model.types import MONEY, RecordType
from runtime.model.values import Money as Amount
from runtime.model.values import Pointer
from runtime.records import currencies
from runtime.records.plan import FieldPlan
from runtime.records.rehearsal import looks_further
from runtime.records.seen import Seen, is_empty, keep, refuse_once
from runtime.records.work import Batch, Work

DEFAULT = "default"
"""What the change log says of a value that is the field's default."""
COMPUTED = "computed"
"""What stands there for a computed field."""
RULE = "rule:"
"""What stands there before the key of the rule that set a field."""
FORMULA = "formula:"
"""What stands there before the key of the formula that filled a field."""


class Filling:
    """Fills fields of records with what expressions give; each sees what those before it have filled in."""

    def __init__(self, batch: Batch, works: list[Work], expressions: Iterable[Expression]) -> None:
        self._batch = batch
        self._works = works
        self._expressions = tuple(expressions)
        self._moved: set[str] = set()
        self._kept: dict[tuple[object, ...], object] = {}
        self._filled = False
        self.seen = Seen(batch, works, self._expressions)

    def fill(
        self, key: str, expression: Expression, works: list[Work], *, clear: bool = False, by: str = DEFAULT
    ) -> None:
        """Fill one field of these records; what gives nothing keeps it, or empties it (``clear``).

        ``by`` is what the change log says of who filled it.
        """
        self.look_again(expression)
        field = works[0].plan.fields[key] if works else None
        for work in works:
            errors = work.asked.errors
            if field is not None and (not errors or f"{work.path}{key}" not in errors):
                self._fill(work, field, expression, clear, by)
        if field is not None and isinstance(field.type, MoneyType) and works[0].plan.parent is not None:
            currencies.settle(self._batch, works)
            for work in works:
                self.seen.put(work, key, work.get(key))

    def compute(self, field: FieldPlan, works: list[Work]) -> None:
        """Give a computed field its value; what does not fit it is empty, and refuses nothing."""
        computed = field.field.computed
        if computed is None or not works:
            return
        self.look_again(computed.expression)
        waits = works[0].plan.parent is not None and field.field.value_type == MONEY
        if not waits or computed.expression.type == MONEY:
            for work in works:
                self.put(work, field, self.seen.worked_out(work, computed.kept), COMPUTED)
            return
        # A plain number in a row's money is of the currency of the row's record.
        for work, currency in zip(works, currencies.of_parents(self._batch, works), strict=True):
            number = self.seen.worked_out(work, computed.expression.tree)
            amount = None if number is None else Amount(number, currency)
            self.put(work, field, kept(amount, field.field), COMPUTED)

    def look_again(self, expression: Expression) -> None:
        """Fetch anew where an expression walks over a relation that was filled in the meantime, or looks
        further than the record and anything was.
        """
        needed = dependencies(expression.tree)
        walked = {path.fields[0].key for path in needed.paths if path.hops}
        further = self._filled and self.seen.looks_further and looks_further(self._batch, needed)
        if walked & self._moved or further:
            self._moved.clear()
            self._filled = False
            self.seen = Seen(self._batch, self._works, self._expressions)

    def _fill(self, work: Work, field: FieldPlan, expression: Expression, clear: bool, by: str) -> None:
        try:
            value = self.seen.value(work, expression)
            if is_empty(value) and not clear:
                return
            self.put(work, field, self._keep(work, field, expression, value), by)
        except InvalidValueError as error:
            refuse_once(work, field.key, error.message)

    def _keep(self, work: Work, field: FieldPlan, expression: Expression, value: object) -> object:
        if isinstance(value, int) and "among" in field.field.settings:
            value = _pointer(expression, value)
        if isinstance(value, list) or not self.seen.is_few_valued(expression):
            return keep(self._batch, work, field, value)
        place = (field.key, id(expression), value)
        if place not in self._kept:
            self._kept[place] = keep(self._batch, work, field, value)
        return self._kept[place]

    def put(self, work: Work, field: FieldPlan, value: object, by: str = DEFAULT) -> None:
        """Give a record's field a value."""
        work.values[field.key] = value
        work.worked_out[field.key] = by
        self._filled = True
        if field.targets:
            self._moved.add(field.key)
        self.seen.put(work, field.key, value)


def _pointer(expression: Expression, record_id: int) -> object:
    """A record that an expression gives, for a field that points at records of any module."""
    kind = expression.type
    if isinstance(kind, RecordType) and len(kind.modules) == 1:
        return Pointer(kind.modules[0], record_id)
    return record_id
