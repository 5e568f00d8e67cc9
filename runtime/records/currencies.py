"""Currencies of rows: money that was written in a row without a currency is in that of the row's record."""

from collections.abc import Callable, Iterable

from runtime.fields.base import InvalidValueError
from runtime.fields.money import Money as MoneyType
from runtime.model.values import Money
from runtime.records.plan import FieldPlan, ModulePlan
from runtime.records.stored import records_by_id
from runtime.records.work import Batch, Work

Get = Callable[[str], object]


def settle(batch: Batch, works: Iterable[Work]) -> None:
    """Give money that waits for one its currency. Parents come before their rows in ``works``.

    One statement for each module of parents whose rows were written by themselves.
    """
    waiting = [(work, fields) for work in works if (fields := _waiting(work))]
    standing = _standing(batch, [work for work, _ in waiting])
    for work, fields in waiting:
        currency = _currency_of_parent(batch, work, standing)
        for field, money in fields:
            try:
                assert isinstance(field.type, MoneyType)
                work.values[field.key] = field.type.in_currency(money.amount, currency, field.field)
            except InvalidValueError as error:
                work.refuse(field.key, error.message)


def of_parents(batch: Batch, works: list[Work]) -> list[str]:
    """The currency that each row's record has."""
    standing = _standing(batch, works)
    return [_currency_of_parent(batch, work, standing) for work in works]


def _waiting(work: Work) -> list[tuple[FieldPlan, Money]]:
    if work.plan.parent is None:
        return []
    return [
        (work.plan.fields[key], value)
        for key, value in work.values.items()
        if isinstance(value, Money) and not value.currency
    ]


def _standing(batch: Batch, works: list[Work]) -> dict[str, dict[int, dict[str, object]]]:
    """The parents of rows that were written by themselves, by module and id."""
    wanted: dict[str, set[int]] = {}
    for work in works:
        parent = work.get("parent")
        if work.parent is None and work.plan.parent is not None and isinstance(parent, int):
            wanted.setdefault(work.plan.parent, set()).add(parent)
    connection = batch.tx.connection
    return {
        module: records_by_id(connection, batch.plans[module], ids, batch.dialect, lock=False)
        for module, ids in wanted.items()
    }


def _currency_of_parent(batch: Batch, work: Work, standing: dict[str, dict[int, dict[str, object]]]) -> str:
    if work.parent is not None:
        return _currency_of(batch, work.parent.plan, work.parent.get)
    parent, module = work.get("parent"), work.plan.parent
    if module is None or not isinstance(parent, int):
        return batch.plans.workplace.catalog.currency
    record = standing.get(module, {}).get(parent, {})
    return _currency_of(batch, batch.plans[module], record.get)


def _currency_of(batch: Batch, plan: ModulePlan, get: Get) -> str:
    """That of the record's first money; else what its field ``currency`` names; else that of its fields."""
    catalog = batch.plans.workplace.catalog
    moneys = [
        field for field in plan.module.fields.values() if isinstance(plan.fields[field.key].type, MoneyType)
    ]
    for field in moneys:
        value = get(field.key)
        if isinstance(value, Money) and value.currency:
            return value.currency
    named = get("currency") if "currency" in plan.module.fields else None
    if isinstance(named, str) and named.upper() in catalog.currencies:
        return named.upper()
    return str(moneys[0].settings["currency"]) if moneys else catalog.currency
