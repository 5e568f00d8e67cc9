"""People as the CRM writes to them: address, language, time zone, and what they want to be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Connection, select

from runtime.identity.tables import IdentityTables
from runtime.identity.users import Users

WISHES = ("alert_days", "daily_mail", "notice_mail", "note_alert")
PAGE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """A user who may sign in, with what they have chosen under *My settings*."""

    id: int
    email: str
    language: str
    timezone: str
    alert_days: int | None
    daily_mail: bool
    notice_mail: bool
    note_alert: str | None


class People:
    """Finds them. Only reads. ``languages`` and ``timezone`` are the site's, for those who have no other."""

    def __init__(self, tables: IdentityTables, languages: Sequence[str], timezone: str) -> None:
        self._languages = languages
        self._timezone = timezone
        self._columns = tables.module("users").columns
        self.users = Users(tables)

    def of(self, connection: Connection, ids: Sequence[int]) -> list[Person]:
        """Those of these ids."""
        return self._found(connection, self._column("id").in_(ids))

    def who_wish(self, connection: Connection, *wishes: str) -> Iterator[Person]:
        """Those who wish one of these things, by id, a page at a time."""
        last = 0
        while True:
            wished = [self._is_wished(wish) for wish in wishes]
            anything = wished[0]
            for each in wished[1:]:
                anything = anything | each
            page = self._found(connection, anything & (self._column("id") > last))
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].id

    def _found(self, connection: Connection, where: ColumnElement[bool]) -> list[Person]:
        keys = ("id", "email", "language", "timezone", *WISHES)
        query = select(*(self._column(key) for key in keys)).where(
            where, self._column("active").is_(True), self._column("deleted_at").is_(None)
        )
        rows = connection.execute(query.order_by(self._column("id")).limit(PAGE))
        return [self._person(*row) for row in rows]

    def _person(self, number: int, email: str, language: str, timezone: str, *wishes: Any) -> Person:
        days, daily, notices, noted = wishes
        return Person(
            number,
            email,
            language if language in self._languages else self._languages[0],
            timezone if _is_zone(timezone) else self._timezone,
            None if days is None else int(days),
            bool(daily),
            bool(notices),
            noted,
        )

    def _is_wished(self, wish: str) -> ColumnElement[bool]:
        column = self._column(wish)
        return column.is_(True) if wish in ("daily_mail", "notice_mail") else column.is_not(None)

    def _column(self, key: str) -> ColumnElement[Any]:
        return self._columns[key][0]


def _is_zone(name: str | None) -> bool:
    try:
        return bool(name) and ZoneInfo(name or "") is not None
    except (ZoneInfoNotFoundError, ValueError):
        return False
