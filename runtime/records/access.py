"""The judge: who may do what. Every query and every write asks here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from runtime.base.messages import Message, message
from runtime.identity.actor import NOBODY, SYSTEM, Actor
from runtime.model.catalog import Expression

__all__ = ["NOBODY", "SYSTEM", "Actor", "Judge", "SignedIn", "Verdict"]

RIGHTS = ("read", "create", "update", "delete", "import", "export", "mass_edit")
"""What a right may be called."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer and why: ``reasons`` are whole sentences, of which a refusal has at least one."""

    allowed: bool
    reasons: tuple[Message, ...] = ()


class Judge(Protocol):
    """Decides. Both methods take a module's key and a right's name, and neither asks the database."""

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
        record).
        """
        ...


class SignedIn:
    """The judge until roles and rights are configured: whoever is signed in may do everything.

    Users and groups are written by admins alone; a file's own record is changed by who uploaded it, or an
    admin. Sessions and keys of users who are not active never become an actor, so activity is not asked for
    again here.
    """

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
            return _SIGN_IN
        if right in ("read", "export"):
            return _YES
        if module in ("users", "groups"):
            return _ADMINS
        if module == "files" and right in ("update", "delete") and record is not None:
            return _YES if record.get("created_by") == actor.user_id else _UPLOADER
        return _YES


_YES = Verdict(True)
_SIGN_IN = Verdict(False, (message("Sign in first."),))
_ADMINS = Verdict(False, (message("Only an admin may change users and groups."),))
_UPLOADER = Verdict(False, (message("Only an admin, or the one who uploaded it, may change a file."),))
