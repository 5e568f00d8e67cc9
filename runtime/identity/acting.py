"""Acting as somebody: an administrator sees the CRM as another user does, marked on every page, for an hour
at most, and logged from its beginning to its end. Who only looks changes nothing meanwhile.
"""

from runtime.base.clock import Clock
from runtime.base.messages import message
from runtime.identity.policy import Rules
from runtime.identity.security_log import Who, note
from runtime.identity.sessions import Opened, Session, Sessions, standing
from runtime.identity.sign_in import Came, Denied, Unit
from runtime.identity.tables import IdentityTables
from runtime.identity.users import Users


class Acting:
    """Begins and ends it; each time the session is another one, under another token."""

    def __init__(self, tables: IdentityTables, clock: Clock, rules: Rules | None = None) -> None:
        self._clock = clock
        self._users = Users(tables)
        self._sessions = Sessions(tables, clock, rules)

    def begin(
        self, tx: Unit, session: Session, user_id: int, came: Came, *, looking: bool = False
    ) -> Opened | Denied:
        """Have the administrator of a session act as a user, or only look as one. Nobody acts as an
        administrator: their doings are theirs.
        """
        admin = self._users.active(tx.connection, session.user_id)
        user = self._users.active(tx.connection, user_id)
        if session.by_id is not None or admin is None or not admin.admin:
            return Denied(message("Only an administrator may act as somebody, and as one user at a time."))
        if user is None:
            return Denied(message("Nobody can sign in as this user, so nobody can act as them."))
        if user.admin:
            return Denied(message("Nobody may act as an administrator."))
        if came.before is not None:
            self._sessions.end(tx.connection, came.before)
        who = Who(user.id, user.name, admin.id, came.address)
        kind = "looking_began" if looking else "acting_began"
        note(tx.connection, self._clock.now(), kind, who, about=admin.name)
        return self._sessions.open(
            tx.connection,
            user.id,
            came.address,
            came.agent,
            by_id=admin.id,
            rights=standing(user),
            looking=looking,
        )

    def end(self, tx: Unit, session: Session, came: Came) -> Opened | None:
        """Be oneself again; None when one may not come in any more."""
        admin_id = session.by_id
        admin = self._users.active(tx.connection, admin_id) if admin_id is not None else None
        user = self._users.by_id(tx.connection, session.user_id)
        if came.before is not None:
            self._sessions.end(tx.connection, came.before)
        name = user.name if user is not None else ""
        who = Who(session.user_id, name, admin_id, came.address)
        kind = "looking_ended" if session.looking else "acting_ended"
        note(tx.connection, self._clock.now(), kind, who, about=admin.name if admin else "")
        if admin is None:
            return None
        return self._sessions.open(tx.connection, admin.id, came.address, came.agent, rights=standing(admin))
