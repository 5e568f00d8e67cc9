"""People of a trial: an administrator, and one user for each role that a case asks for."""

from runtime.identity.actor import SYSTEM
from runtime.identity.users import Users
from runtime.records.access import Actor
from runtime.records.change import Change, Refused
from runtime.sites.live import Live
from runtime.storage.transaction import Transaction


class TrialError(Exception):
    """A case that cannot be tried; the text is a whole sentence."""


class People:
    """Makes them when they are first asked for, before the case that asks; all cases share them."""

    def __init__(self, live: Live, tx: Transaction) -> None:
        self._live = live
        self._tx = tx
        self._known: dict[str, int] = {}
        self._actors: dict[str, Actor] = {}

    def number(self, role: str) -> int:
        """The id of the user of a role, '' for the administrator."""
        if role not in self._known:
            values = {
                "name": role.replace("_", " ").capitalize() or "Administrator",
                "email": f"{role.replace('_', '-') or 'admin'}@test.example",
                "role": role or None,
                "admin": not role,
            }
            actor, live = SYSTEM.through("cli"), self._live
            done = live.writer.save(self._tx, [Change("users", values)], actor, live.parsing(actor, "rest"))[
                0
            ]
            if isinstance(done, Refused):
                raise TrialError(f"There can be no user of the role {role}: {reasons(done)}")
            self._known[role] = done.id
        return self._known[role]

    def of_role(self, role: str) -> Actor:
        """The user of a role, '' for the administrator; they are the same in all cases."""
        if role not in self._actors:
            self._actors[role] = self.actor(self.number(role))
        return self._actors[role]

    def actor(self, number: int) -> Actor:
        """A user as whoever does something."""
        user = Users(self._live.tables).active(self._tx.connection, number)
        if user is None:
            raise TrialError("Who should do this is not active.")
        return self._live.actor_of(user, "rest")


def reasons(refused: Refused) -> str:
    """Why something was refused, on one line."""
    told = [f"{key}: {each}" if key else str(each) for key, found in refused.errors.items() for each in found]
    return "; ".join(told) or refused.kind
