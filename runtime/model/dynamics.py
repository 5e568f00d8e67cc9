"""What a save does by itself in a module: defaults, conditions of fields, rules, checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.model.label import Label

if TYPE_CHECKING:
    from runtime.model.catalog import Expression, Origin

NONE: "Mapping[str, Expression]" = MappingProxyType({})


MOMENTS = ("create", "save", "validate", "view")
"""The moments of formulas that are no fields: a formula names fields besides, for when they change."""


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A condition that every saved record fulfils. ``location`` is the field that its message stands at, or
    '' for the record as a whole. ``guard``: it holds when the records that it counts change, too.
    """

    key: str
    condition: "Expression"
    message: Label
    location: str
    origin: "Origin"
    guard: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a condition (None: always) makes of a record's fields, and of the tabs and blocks of its card.

    ``show`` and ``hide`` name fields and rows, ``show_parts`` and ``hide_parts`` tabs (``products``) and
    blocks (``products.items``). What some rules show is hidden where none of them holds. ``limit`` says for
    picklists which values are left. What a rule sets are formulas: see :class:`Formula`.
    """

    key: str
    when: "Expression | None"
    show: tuple[str, ...]
    require: tuple[str, ...]
    readonly: tuple[str, ...]
    origin: "Origin"
    hide: tuple[str, ...] = ()
    show_parts: tuple[str, ...] = ()
    hide_parts: tuple[str, ...] = ()
    limit: "Mapping[str, tuple[str, ...]]" = field(default_factory=lambda: MappingProxyType({}))

    @property
    def looks_ahead(self) -> bool:
        """Whether it makes anything of the record as it will be."""
        return bool(
            self.show or self.hide or self.show_parts or self.hide_parts or self.require or self.limit
        )


@dataclass(frozen=True, slots=True)
class Formula:
    """A dynamic field formula. ``run`` are its moments: ``create``, ``save``, ``validate``, ``view``, or
    fields that change later. One that fills a field has a ``value``, one that says something a ``note``.
    ``computed``: it is the field's own ``formula:``, which always runs, and refuses nothing.
    What a ``rule`` sets is one too, whose moment is when its condition becomes true.
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
    rule: str = ""

    @property
    def follows(self) -> bool:
        """Whether it fills its field when another one changes, which a form shows while somebody types."""
        return self.value is not None and not self.computed and not set(self.run) <= set(MOMENTS)


@dataclass(frozen=True, slots=True)
class Dynamics:
    """All of it, of one module. ``defaults``, ``required`` and ``readonly`` are those that are expressions,
    by field. ``places`` has the blocks of the card in which a field (or rows) stands, where rules name parts
    of the card.
    """

    defaults: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    required: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    readonly: "Mapping[str, Expression]" = field(default_factory=lambda: NONE)
    checks: tuple[RecordCheck, ...] = ()
    rules: tuple[Rule, ...] = ()
    formulas: tuple[Formula, ...] = ()
    places: "Mapping[str, tuple[str, ...]]" = field(default_factory=lambda: MappingProxyType({}))
    lock: tuple[str, ...] = ()
    """The relations whose records are locked before anything of a record is worked out."""

    @property
    def shown(self) -> frozenset[str]:
        """The fields that rules show, and that are hidden else."""
        return frozenset(key for rule in self.rules for key in rule.show)

    @property
    def shown_parts(self) -> frozenset[str]:
        """The tabs and blocks that rules show, and that are hidden else."""
        return frozenset(part for rule in self.rules for part in rule.show_parts)

    @property
    def hideable(self) -> frozenset[str]:
        """The fields that some rule may hide, be it with the block that they stand in."""
        return self.shown | {key for rule in self.rules for key in rule.hide} | frozenset(self.places)

    @property
    def limited(self) -> frozenset[str]:
        """The picklists of which rules may leave only some values."""
        return frozenset(key for rule in self.rules for key in rule.limit)

    @property
    def demanded(self) -> frozenset[str]:
        """The fields that must be filled in on some condition."""
        return frozenset(self.required) | {key for rule in self.rules for key in rule.require}

    @property
    def late(self) -> frozenset[str]:
        """The fields of which the save itself decides whether they lack anything."""
        return self.filled | self.hideable

    @property
    def filled(self) -> frozenset[str]:
        """The fields that a save may fill by itself."""
        computed = {one.field for one in self.formulas if one.value is not None}
        return frozenset(self.defaults) | computed

    @property
    def any(self) -> bool:
        """Whether a save does anything by itself."""
        return bool(
            self.defaults
            or self.required
            or self.readonly
            or self.checks
            or self.rules
            or self.formulas
            or self.lock
        )
