"""What comparing means in Python: empties, money, and the order of text."""

from decimal import Decimal

from runtime.expressions.text import order_key
from runtime.model.values import Money


def same(left: object, right: object) -> bool:
    """Whether two values are the same. Empty is the same as empty alone; text is compared exactly.

    Money and a plain number are the same when the amount is; two moneys, when amount and currency are.
    """
    if left is None or right is None:
        return left is right
    if isinstance(left, Money) and not isinstance(right, Money):
        return left.amount == right
    if isinstance(right, Money) and not isinstance(left, Money):
        return left == right.amount
    return left == right


def order(left: object, right: object) -> int | None:
    """Less than 0, 0, or more, as ``left`` is before, with or after ``right``; None where there is no order.

    There is none with an empty value, nor between moneys of two currencies. Text is in the order of lists.
    """
    if left is None or right is None:
        return None
    if isinstance(left, Money) and isinstance(right, Money):
        return order(left.amount, right.amount) if left.currency == right.currency else None
    before, after = _key(left), _key(right)
    return -1 if before < after else 1 if before > after else 0


def is_member(value: object, members: object) -> bool:
    """Whether a list has a value; an empty list has none."""
    return isinstance(members, tuple) and any(same(value, member) for member in members)


def _key(value: object) -> "Decimal":
    # The checker has seen to it that both keys are of one kind; Decimal stands for any that has an order.
    if isinstance(value, Money):
        return value.amount
    return order_key(value) if isinstance(value, str) else value  # type: ignore[return-value]
