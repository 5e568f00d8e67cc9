"""What an expression may name where it stands: modules, picklists, and whose fields bare names are."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.model.catalog import Module, Picklist


@dataclass(frozen=True, slots=True)
class Scope:
    """Bare names are the fields of ``module``.

    ``this`` is the module of the record one scope out, for a condition over related records (a relation's
    ``where``: there ``this`` is the record being edited). None where there is no scope outside: then ``this``
    is the record itself.
    """

    modules: Mapping[str, Module]
    picklists: Mapping[str, Picklist]
    module: str
    this: str | None = None
