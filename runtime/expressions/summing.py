"""What numbers need of the databases: exact division and sums, and comparing on SQLite."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from runtime.expressions.arithmetic import DIGITS, add, divide, round_half_up, settled
from runtime.expressions.numbers import exact_units, from_units

_SPLIT = 1_000_000_000


def sqlite_functions() -> Mapping[str, tuple[int, Callable[..., Any]]]:
    """The SQLite functions of this file by name, with how many arguments each takes; all deterministic."""
    return MappingProxyType(
        {
            "trellis_compare": (4, _compare),
            "trellis_units": (3, _units),
            "trellis_total": (4, _total),
            "trellis_sortable": (1, _sortable),
            "trellis_stored": (3, _stored),
        }
    )


def _number(value: Any, scale: int) -> Any:
    if scale > 0:
        return from_units(value, scale)
    return value if isinstance(value, int) else Decimal(value)


def _compare(left: Any, left_scale: int, right: Any, right_scale: int) -> int | None:
    if left is None or right is None:
        return None
    one, other = _number(left, left_scale), _number(right, right_scale)
    return -1 if one < other else 1 if one > other else 0


def _stored(value: Any, scale: int, to: int) -> int | None:
    if value is None:
        return None
    try:
        rounded = round_half_up(Decimal(_number(value, scale)), to)
    except ArithmeticError:  # it is too large for any number, let alone for a stored one
        return None
    return exact_units(rounded, to)


def _units(high: int | None, low: int | None, scale: int) -> str | None:
    if high is None or low is None:
        return None
    return f"{from_units(high * _SPLIT + low, scale):f}"


def _total(function: str, summed: str | None, n: int, is_duration: int) -> Any:
    if summed is None and function != "sum":
        return None
    number = Decimal(summed or 0)
    try:
        found = settled(number) if function == "sum" else divide(number, n)
    except ArithmeticError:
        return None
    if found is None:
        return None
    return int(round_half_up(found)) if is_duration else f"{found:f}"


def _sortable(value: Any) -> str | None:
    """Text that sorts as the number does: 40 digits before the point, and nines' complements below zero."""
    if value is None:
        return None
    number = Decimal(value)
    text = f"{abs(number):053.12f}"
    if number >= 0:
        return f"1{text}"
    return "0" + "".join(str(9 - int(digit)) if digit.isdigit() else digit for digit in text)


class _Sum:
    def __init__(self) -> None:
        self.sum: Any = None

    def step(self, value: Any) -> None:
        """One more."""
        if value is not None:
            number = value if isinstance(value, int) else Decimal(value)
            self.sum = number if self.sum is None else add(self.sum, number)

    def finalize(self) -> str | None:
        """The sum."""
        return None if self.sum is None else f"{Decimal(self.sum):f}"


class _Best:
    sign = 1

    def __init__(self) -> None:
        self.best: tuple[Decimal, Any] | None = None

    def step(self, value: Any) -> None:
        """One more."""
        if value is not None:
            number = Decimal(value)
            if self.best is None or self.sign * (number - self.best[0]) > 0:
                self.best = (number, value)

    def finalize(self) -> Any:
        """The greatest, or the least."""
        return None if self.best is None else self.best[1]


class _Least(_Best):
    sign = -1


SQLITE_AGGREGATES: Mapping[str, type] = MappingProxyType(
    {"trellis_sum": _Sum, "trellis_max": _Best, "trellis_min": _Least}
)

_PURE = "IMMUTABLE PARALLEL SAFE AS"
_LIMIT = f"1e{DIGITS}"

POSTGRESQL = (
    (
        "{place}.trellis_bounded(value numeric) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN abs(value) < {_LIMIT} THEN value END $$"
    ),
    # The quotient is cut at 13 places, exactly, so that rounding it to 12 looks at the right digit.
    (
        "{place}.trellis_divide(a numeric, b numeric) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN b <> 0 THEN {{place}}.trellis_bounded("
        "round(div(a * 10000000000000, b) * 0.0000000000001, 12)) END $$"
    ),
    (
        "{place}.trellis_floor_divide(a numeric, b numeric) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN b <> 0 THEN {{place}}.trellis_bounded("
        "CASE WHEN (a < 0) <> (b < 0) AND div(a, b) * b <> a THEN div(a, b) - 1 ELSE div(a, b) END) END $$"
    ),
    (
        "{place}.trellis_remainder(a numeric, b numeric) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN b <> 0 THEN a - b * {{place}}.trellis_floor_divide(a, b) END $$"
    ),
    (
        "{place}.trellis_power(base numeric, exponent numeric) RETURNS numeric LANGUAGE plpgsql "
        f"{_PURE} $$ DECLARE result numeric := 1; BEGIN "
        "IF base IS NULL OR exponent IS NULL OR abs(exponent) > 100 THEN RETURN NULL; END IF; "
        "FOR step IN 1..abs(exponent)::int LOOP "
        "result := {place}.trellis_bounded(round(result * base, 12)); END LOOP; "
        "RETURN CASE WHEN exponent < 0 THEN {place}.trellis_divide(1, result) ELSE result END; END $$"
    ),
    (
        "{place}.trellis_sum_of(summed numeric, n bigint) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT {{place}}.trellis_bounded(coalesce(summed, 0)) $$"
    ),
    (
        "{place}.trellis_average_of(summed numeric, n bigint) RETURNS numeric LANGUAGE sql "
        f"{_PURE} $$ SELECT {{place}}.trellis_divide(summed, n::numeric) $$"
    ),
    (
        "{place}.trellis_duration(value numeric) RETURNS bigint LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN abs(round(value)) <= 315537897600000000 "
        f"THEN round(value)::bigint END $$"
    ),
    (
        "{place}.trellis_move_date(day date, by bigint) RETURNS date LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN floor(by / 86400000000.0) BETWEEN date '0001-01-01' - day "
        "AND date '9999-12-31' - day THEN day + floor(by / 86400000000.0)::int END $$"
    ),
    (
        "{place}.trellis_apart(a timestamptz, b timestamptz) RETURNS bigint LANGUAGE sql "
        f"{_PURE} $$ SELECT ((extract(epoch FROM a) - extract(epoch FROM b)) * 1000000)::bigint $$"
    ),
    (
        "{place}.trellis_move_moment(moment timestamptz, by bigint) RETURNS timestamptz LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN by BETWEEN {{place}}.trellis_apart('0001-01-01 00:00:00+00', moment) "
        "AND {place}.trellis_apart('9999-12-31 23:59:59.999999+00', moment) "
        "THEN (moment AT TIME ZONE 'UTC' + make_interval(days => (by / 86400000000)::int, "
        "secs => mod(by, 86400000000) / 1000000.0)) AT TIME ZONE 'UTC' END $$"
    ),
    (
        "{place}.trellis_add_months(day date, n bigint) RETURNS date LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN extract(year FROM day) * 12 + extract(month FROM day) - 1 + n "
        "BETWEEN 12 AND 119999 THEN (day + make_interval(months => n::int))::date END $$"
    ),
    (
        "{place}.trellis_add_months_to_moment(moment timestamptz, n bigint) RETURNS timestamptz LANGUAGE sql "
        f"{_PURE} $$ SELECT CASE WHEN extract(year FROM moment AT TIME ZONE 'UTC') * 12 "
        "+ extract(month FROM moment AT TIME ZONE 'UTC') - 1 + n BETWEEN 12 AND 119999 "
        "THEN (moment AT TIME ZONE 'UTC' + make_interval(months => n::int)) AT TIME ZONE 'UTC' END $$"
    ),
)
"""What follows CREATE OR REPLACE FUNCTION."""
