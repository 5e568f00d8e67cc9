"""What a save does by itself in a module: defaults, conditions of fields, rules, checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.model.label import Label

if TYPE_CHECKING:
    from runtime.model.catalog import Expression, Origin

NONE: "Mapping[str, Expression]" = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A condition that every saved record fulfils. ``location`` is the field that its message stands at, or
    '' for the record as a whole.
    """

    key: str
    condition: "Expression"
    message: Label
    location: str
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a condition (None: always) makes of fields: they are shown, required, or read-only.

    A field that some rules show is hidden where none of them holds.
    """

    key: str
    when: "Expression | None"
    show: tuple[str, ...]
    require: tuple[str, ...]
    readonly: tuple[str, ...]
    origin: "Origin"


@dataclass(frozen=True, slots=True)
class Formula:
    """A dynamic field formula. ``run`` are its moments: ``create``, ``save``, ``validate``, ``view``, or
    fields that change later. One that fills a field has a ``value``, one that says something a ``note``.
    ``computed``: it is the field's own ``formula:``, which always runs, and refuses nothing.
    """

    key: str
    field: str
    run: tuple[str, ...]
    when: "Expression | None"
    value: "Expression | None"
    clear: bool
    note: Label | None
    origin: "Origin"
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Dynamics:
    """All of it, of one module. ``defaults``, ``required`` and ``readonly`` are those that are expressions,
    by field.
    """

    defaults: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    required: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    readonly: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    checks: tuple[RecordCheck, ...] = ()
    rules: tuple[Rule, ...] = ()
    formulas: tuple[Formula, ...] = ()

    @property
    def shown(self) -> frozenset[str]:
        """The fields that rules show, and that are hidden else."""
        return frozenset(key for rule in self.rules for key in rule.show)

    @property
    def demanded(self) -> frozenset[str]:
        """The fields that must be filled in on some condition."""
        return frozenset(self.required) | {key for rule in self.rules for key in rule.require}

    @property
    def late(self) -> frozenset[str]:
        """The fields of which the save itself decides whether they lack anything."""
        return self.filled | self.shown

    @property
    def filled(self) -> frozenset[str]:
        """The fields that a save may fill by itself."""
        computed = {one.field for one in self.formulas if one.value is not None}
        return frozenset(self.defaults) | computed

    @property
    def any(self) -> bool:
        """Whether a save does anything by itself."""
        return bool(
            self.defaults or self.required or self.readonly or self.checks or self.rules or self.formulas
        )
