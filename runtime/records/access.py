"""The judge: who may do what. Every query and every write asks here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from runtime.base.messages import Message, message
from runtime.identity.actor import NOBODY, SYSTEM, Actor
from runtime.model.catalog import Expression
from runtime.records.owner_choice import ANYONE, Choice
from runtime.storage.sight import NOTHING, Sight

if TYPE_CHECKING:
    from runtime.records.roles import Roles

__all__ = ["NOBODY", "SYSTEM", "Actor", "Judge", "SignedIn", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer and why: ``reasons`` are whole sentences, of which a refusal has at least one."""

    allowed: bool
    reasons: tuple[Message, ...] = ()


class Judge(Protocol):
    """Decides. Both methods take a module's key and a right's name, and neither asks the database."""

    @property
    def roles(self) -> "Roles | None":
        """What decides by roles, to be asked why; None where there are no profiles."""
        ...

    def enters(self, actor: Actor) -> Verdict:
        """Whether the doors of users are for the actor at all. Contacts of the portal have no rights: none
        can be granted to them yet.
        """
        ...

    def conditions(self, actor: Actor, module: str, right: str) -> tuple[Expression, ...]:
        """What a record must fulfil, joined to every query; () for every record. All of them hold at once.

        Whoever may do nothing at all with the module is refused by :meth:`may` before a query is made.
        """
        ...

    def may(
        self,
        actor: Actor,
        module: str,
        right: str,
        record: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> Verdict:
        """Whether the actor has a right: on the module as a whole, on one record, on one field (of a
        record). Who has it not on the module has it on none of its fields.
        """
        ...

    def field_condition(self, actor: Actor, module: str, field: str, right: str) -> Expression | None:
        """Of which records the actor has the right to ``read`` or ``update`` a field, as its record stands;
        None of all of them, where :meth:`may` has said yes.
        """
        ...

    def may_write_field(self, actor: Actor, module: str, field: str) -> bool:
        """Whether the actor may change a field, or give it to a new record, of some records at least."""
        ...

    def limits_fields(self, actor: Actor) -> bool:
        """Whether there may be fields, or records, that the actor may not write."""
        ...

    def sight(self, actor: Actor) -> Sight | None:
        """What the actor may see, as the reader needs it; None for one who sees everything."""
        ...

    def owners(self, actor: Actor, module: str) -> Choice:
        """Whom the actor may make the owner of a record of the module."""
        ...

    def menu(self, actor: Actor, profiles: tuple[str, ...]) -> bool:
        """Whether a group of the menu that is for some profiles (for all, when there are none) is for the
        actor.
        """
        ...

    def tool(self, actor: Actor, module: str, tool: str) -> bool:
        """Whether the actor may use a tool of a module."""
        ...


class SignedIn:
    """The judge of packs without any profile: whoever is signed in may do everything.

    Users and groups are written by admins alone; a file's own record is changed by who uploaded it, or an
    admin. Sessions and keys of users who are not active never become an actor, so activity is not asked for
    again here.
    """

    @property
    def roles(self) -> "Roles | None":
        """None."""
        return None

    def enters(self, actor: Actor) -> Verdict:
        """Yes to the signed-in."""
        return entering(actor)

    def conditions(self, actor: Actor, module: str, right: str) -> tuple[Expression, ...]:
        """None: what one may do is decided by the module."""
        return ()

    def may(
        self,
        actor: Actor,
        module: str,
        right: str,
        record: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> Verdict:
        """Yes to the signed-in, but for the modules of the system."""
        if actor.system or (actor.user_id is not None and actor.admin):
            return _YES
        if actor.user_id is None:
            return entering(actor)
        if right in ("read", "export"):
            return _YES
        if module in ("users", "groups", "group_budgets"):
            return _ADMINS
        if module == "files" and right in ("update", "delete") and record is not None:
            return _YES if record.get("created_by") == actor.user_id else _UPLOADER
        return _YES

    def field_condition(self, actor: Actor, module: str, field: str, right: str) -> Expression | None:
        """None."""
        return None

    def may_write_field(self, actor: Actor, module: str, field: str) -> bool:
        """Yes."""
        return True

    def limits_fields(self, actor: Actor) -> bool:
        """No."""
        return False

    def sight(self, actor: Actor) -> Sight | None:
        """Everything, for the signed-in; nobody else, and none of the portal's contacts, sees anything."""
        return None if actor.signed_in else NOTHING

    def owners(self, actor: Actor, module: str) -> Choice:
        """Anyone."""
        return ANYONE

    def menu(self, actor: Actor, profiles: tuple[str, ...]) -> bool:
        """All of it, for the signed-in."""
        return actor.signed_in

    def tool(self, actor: Actor, module: str, tool: str) -> bool:
        """Every one, for the signed-in."""
        return actor.signed_in


def entering(actor: Actor) -> Verdict:
    """Whether somebody is a user, or the system."""
    if actor.signed_in:
        return _YES
    return _SIGN_IN if actor.contact is None else _CONTACT


_YES = Verdict(True)
_CONTACT = Verdict(False, (message("There is nothing here for contacts of the portal yet."),))
_SIGN_IN = Verdict(False, (message("Sign in first."),))
_ADMINS = Verdict(False, (message("Only an admin may change users and groups."),))
_UPLOADER = Verdict(False, (message("Only an admin, or the one who uploaded it, may change a file."),))
