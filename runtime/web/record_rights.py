"""Rights on one record, as a screen asks for them: what it offers to do with what it shows."""

from typing import Protocol

from runtime.base.messages import message
from runtime.expressions.moment import Moment
from runtime.identity.actor import Actor
from runtime.model.catalog import Module
from runtime.sites.live import Live
from runtime.sites.site import Site
from runtime.storage.query import Query
from runtime.web.errors import forbidden


class Asking(Protocol):
    """A call by either door, as far as it is needed here."""

    @property
    def site(self) -> Site:
        """The site."""
        ...

    @property
    def live(self) -> Live:
        """The snapshot as the actor sees it."""
        ...

    @property
    def actor(self) -> Actor:
        """Who asks."""
        ...

    @property
    def moment(self) -> Moment:
        """The moment, as conditions see it."""
        ...

    @property
    def answered(self) -> dict[tuple[str, int, str], bool]:
        """What was asked for already."""
        ...


def require_on(call: Asking, module: Module, number: int, right: str) -> None:
    """Refuse with 403 where the reader has not the right on a record that they see."""
    if not may_on(call, module, number, right):
        raise forbidden(message("You may see this record, and not change it."))


def may_on(call: Asking, module: Module, number: int, right: str) -> bool:
    """Whether the reader has a right on one record of a module."""
    place = (module.key, number, right)
    if place not in call.answered:
        judge = call.live.judge
        conditions = judge.conditions(call.actor, module.key, right)
        may = judge.may(call.actor, module.key, right).allowed
        if may and conditions:
            query = Query(module.key, rights=conditions, ids=(number,), deleted="any", limit=1)
            with call.site.database.read() as connection:
                may = bool(call.live.reader.page(connection, query, call.moment).rows)
        call.answered[place] = may
    return call.answered[place]
