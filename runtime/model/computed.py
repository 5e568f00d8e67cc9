"""Computed fields: what works a field's value out, and when it is worked out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from runtime.model.catalog import Expression

Way = Literal["own", "wide", "virtual"]


@dataclass(frozen=True, slots=True)
class Computed:
    """What a field says as ``formula:``; virtual fields that it reads stand in it with their own trees.

    ``way`` is when its value is worked out:

    - ``own``: stored, worked out in the save itself and written with the record. All that it reads is of the
      record, of records that its relations lead to (as they are stored), or of its own rows.
    - ``wide``: stored, worked out by the database once the records are written. It counts or sums over other
      records, looks one up, reads a wide field of its record or (in a row) what its parent's save works out,
      or what only the write itself gives (``id``, ``number``, ``version``, ``updated_at``, ``position``).
    - ``virtual``: not stored, worked out wherever it is read: it reads the clock, or says ``virtual: true``.

    ``kept`` is the expression's tree with what keeping the value means (rounded to the field's decimals, in
    one of its currencies, cut to its length; empty where it does not fit): ``Language.value_in_sql(kept, …)``
    gives exactly what the field's columns take, and evaluated it gives the canonical value.
    """

    expression: "Expression"
    way: Way
    kept: Any

    @property
    def is_stored(self) -> bool:
        """Whether the field has columns."""
        return self.way != "virtual"
