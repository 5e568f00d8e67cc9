"""Records that were shared by hand, in SQL: whether there is a row for the user, or for a group of theirs."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, column, exists, false, literal, or_, select, table

from runtime.expressions.moment import Moment

_SHARES = table(
    "trellis_shares",
    column("record_id", BigInteger),
    column("user_id", BigInteger),
    column("group_id", BigInteger),
    column("level", Text),
)


def shared_in_sql(moment: Moment, record_id: ColumnElement[Any], level: str) -> ColumnElement[bool]:
    """What is shared to be changed may be read, too, and of both one sees when somebody is ``busy``."""
    user = moment.user or {}
    if user.get("id") is None:
        return false()
    rows = _SHARES.alias()
    theirs: list[ColumnElement[bool]] = [rows.c.user_id == literal(user["id"], BigInteger())]
    groups = user.get("groups")
    if isinstance(groups, tuple | list) and groups:
        theirs.append(rows.c.group_id.in_([literal(each, BigInteger()) for each in groups]))
    conditions = [rows.c.record_id == record_id, or_(*theirs)]
    if level == "write":
        conditions.append(rows.c.level == "write")
    elif level == "read":
        conditions.append(rows.c.level != "busy")
    return exists(select(rows.c.record_id).where(*conditions).correlate_except(rows))
