"""What a component is: a part of a card that knows how to get its data ready."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from runtime.model.catalog import Block, Layout
from runtime.records.rule_states import RuleStates
from runtime.web.door import Call
from runtime.web.record_rights import may_on
from runtime.web.views import Views

UPLOADED = "files"
"""The module whose records are uploads, which nobody changes afterwards."""

if TYPE_CHECKING:
    from runtime.web.pages.card import Card
    from runtime.web.pages.screen import Screen


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component stands: the call, the reader's views, and the record's card."""

    call: Call
    screen: "Screen"
    views: Views
    card: "Card"
    layout: Layout
    states: RuleStates = field(default_factory=RuleStates)

    @property
    def may_update(self) -> bool:
        """Whether the reader may change the record."""
        if self.card.module.key == UPLOADED or self.card.deleted:
            return False
        return may_on(self.call, self.card.module, self.card.id, "update")

    def label(self, block: Block) -> str:
        """The block's label in the reader's language."""
        return block.label.in_language(self.call.actor.language)


class Component(ABC):
    """One kind of block. It has no state."""

    name: ClassVar[str]
    """The kind of block it draws, or the component's name in the language."""

    @abstractmethod
    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """The block's context; ``kind`` names the template in ``templates/pages/blocks/``."""
