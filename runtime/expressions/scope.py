"""What an expression may name where it stands: modules, picklists, and whose fields bare names are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runtime.model.catalog import Field, Module, Picklist

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scope:
    """Bare names are the fields of ``module``.

    ``this`` is the module of the record one scope out, for a condition over related records (a relation's
    ``where``: there ``this`` is the record being edited). None where there is no scope outside: then ``this``
    is the record itself.

    ``constants`` are the pack's (``const.vat``), and ``language`` is the one that a picklist's labels are
    read in. ``saving`` is true where an expression runs while a record is saved: there alone ``old``,
    ``changed()`` and ``is_new`` mean something. ``database`` is true where the expression must also be SQL (a
    filter, a right, a computed field). ``personal`` is false where nobody in particular asks (a computed
    field): ``user`` is refused. ``link`` has the attributes of the link over which the records of this scope
    were reached, by key: ``link.role``.
    """

    modules: Mapping[str, Module]
    picklists: Mapping[str, Picklist]
    module: str
    this: str | None = None
    constants: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    language: str = "en"
    saving: bool = False
    database: bool = False
    personal: bool = True
    link: Mapping[str, Field] | None = None
