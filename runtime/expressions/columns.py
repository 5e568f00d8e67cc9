"""The column types that SQLAlchemy lacks: exact decimals, moments and durations, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.types import TIMESTAMP, BigInteger, Numeric, Text, TypeDecorator, TypeEngine

from runtime.expressions.numbers import DIGITS, exact_units, from_units


class ScaledDecimal(TypeDecorator[Decimal]):
    """An exact decimal of 18 digits, ``scale`` of them decimals: units in an INTEGER on SQLite, else NUMERIC.

    A value comes as Decimal or int and goes out as Decimal with exactly ``scale`` decimals. One that does not
    fit (too many digits, more decimals than the scale, not a number) raises ValueError and a float raises
    TypeError, before any of it reaches the database. The database's own ``avg`` is not exact: divide a sum by
    a count instead.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        if not 0 <= scale <= DIGITS:
            raise ValueError(f"The scale is {scale}; it must be from 0 to {DIGITS}.")
        self.scale = scale
        super().__init__(DIGITS, scale, asdecimal=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """BIGINT on SQLite, NUMERIC(18, scale) elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(DIGITS, self.scale, asdecimal=True))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """What the database is given."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"{value!r} is not an exact number: a Decimal or an int is needed.")
        units = exact_units(value, self.scale)
        if units is None:
            raise ValueError(f"{value} does not fit {DIGITS} digits, {self.scale} of them decimals.")
        return units if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The exact decimal that was stored."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError(f"{value!r} came from the database as a binary float; the query is not exact.")
        if dialect.name == "sqlite":
            return from_units(value, self.scale)
        return value if isinstance(value, Decimal) else Decimal(value)


class Exact(TypeDecorator[Decimal]):
    """A number that was calculated: its digits as text on SQLite, NUMERIC elsewhere; never a binary float.

    ``scale`` and ``digits`` bound what it may have behind the point and before it.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int = 12, digits: int = 36) -> None:
        self.scale = scale
        self.digits = digits
        super().__init__(asdecimal=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT on SQLite, NUMERIC elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """What the database is given."""
        if value is None:
            return None
        return f"{Decimal(value):f}" if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The number."""
        if isinstance(value, float):
            raise TypeError(f"{value!r} came from the database as a binary float; the query is not exact.")
        return value if value is None or isinstance(value, Decimal) else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC: text ``YYYY-MM-DD HH:MM:SS.ffffff`` on SQLite, timestamptz elsewhere.

    The text sorts as the moment does. A datetime without a time zone raises ValueError.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT on SQLite, TIMESTAMP WITH TIME ZONE elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What the database is given."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; a moment must have one.")
        moment = value.astimezone(UTC)
        return moment_text(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment, aware and in UTC."""
        if value is None:
            return None
        return read_moment(value) if isinstance(value, str) else value.astimezone(UTC)


class Microseconds(TypeDecorator[timedelta]):
    """A duration as a whole number of microseconds, in a 64-bit integer on both databases.

    It is what Python's ``timedelta`` is exact to, so no duration is ever rounded, and sums stay exact.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> Any:
        """What the database is given."""
        if value is None:
            return None
        if not isinstance(value, timedelta):
            raise TypeError(f"{value!r} is not a duration.")
        return value // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        """The duration; PostgreSQL gives sums as exact decimals."""
        return None if value is None else timedelta(microseconds=int(value))


_MICROSECOND = timedelta(microseconds=1)


def moment_text(moment: datetime) -> str:
    """A UTC moment as SQLite keeps it."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def read_moment(text: str) -> datetime:
    """The UTC moment that SQLite keeps as this text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
