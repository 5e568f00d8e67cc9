"""Roles that come anew under a name that there was before: nobody has them before they are given again.

Users keep the key of their role, and lists of theirs are shared with roles by it. A role that was taken out
of the configuration gives no right; were another one to come under its key, whoever had the first would have
the rights of the second. A rollback makes nothing new: who had the role then has it again.
"""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection, delete, update

from runtime.change.situation import Situation
from runtime.change.step import Step, safety_of
from runtime.storage.runtime_tables import runtime_tables
from runtime.storage.tables import Tables

USERS, ROLE = "users", "role"


def begin_anew(situation: Situation) -> Iterator[Step]:
    """A step for each role that there was once, is there again, and that users have under the same key."""
    users = situation.catalog.modules.get(USERS)
    if situation.back is not None or users is None or not situation.stands(users):
        return
    again = [situation.catalog.access.roles.get(key) for key in situation.before.roles_gone]
    roles = [role for role in again if role is not None]
    if not roles:
        return
    held = situation.stored.uses(situation.names.table(USERS), situation.names.column(USERS, ROLE))
    for role in roles:
        what = f"Take the role {role.key} from those who had one of this name before: it is another one now."
        rows = held.get(role.key, 0)
        if rows or _is_shared_with(situation, role.key):
            run = partial(_take, tables=situation.tables, role=role.key)
            yield Step(what, run, role.origin.span, rows, safety_of(rows))


def _is_shared_with(situation: Situation, role: str) -> bool:
    shares = runtime_tables().filter_shares
    if not situation.live.has(shares.name):
        return False
    return bool(situation.stored.uses(shares.name, "with").get(f"role:{role}"))


def _take(connection: Connection, tables: Tables, role: str) -> None:
    users, shares = tables.module(USERS), runtime_tables().filter_shares
    held = users.columns[ROLE][0]
    connection.execute(update(users.table).where(held == role).values({held: None}))
    connection.execute(delete(shares).where(shares.c["with"] == f"role:{role}"))
