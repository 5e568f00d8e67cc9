"""Tools: buttons on cards and lists, which do steps for the records that somebody has before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.model.label import Label
from runtime.model.workflow import Workflow

if TYPE_CHECKING:
    from runtime.model.catalog import Expression, Field, Origin

CARD, LIST = "card", "list"
PLACES = (CARD, LIST)
"""Where a tool's button may stand."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A button. ``show`` is the condition on which a record has it, ``inputs`` are the fields of the form
    that is filled in before it is used, and ``defaults`` what those begin with that are worked out.

    ``procedure`` has its steps, as a workflow has them. ``needs`` are the rights, as (right, module), without
    which it could not do what it does in any case, and ``needs_own`` those on the record itself.
    """

    module: str
    key: str
    label: Label
    icon: str
    on: tuple[str, ...]
    show: "Expression | None"
    confirm: Label | None
    inputs: "Mapping[str, Field]"
    defaults: "Mapping[str, Expression]"
    procedure: Workflow
    origin: "Origin"
    needs: frozenset[tuple[str, str]] = frozenset()
    needs_own: frozenset[str] = frozenset()

    @property
    def asks(self) -> bool:
        """Whether something is asked before it is used."""
        return self.confirm is not None or bool(self.inputs)


Tools = Mapping[str, Tool]
NO_TOOLS: Tools = MappingProxyType({})
