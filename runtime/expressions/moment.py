"""The moment an expression is evaluated at: when it is, where, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Moment:
    """When, where and for whom.

    ``now`` is aware; ``today`` and ``timezone`` are the site's. ``user`` is plain data: ``id`` (int),
    ``role`` (text or None) and ``groups`` (ids); None when nobody is signed in, and then ``user`` is empty in
    an expression.
    """

    today: date
    now: datetime
    user: Mapping[str, object] | None = None
    timezone: tzinfo = UTC

    @classmethod
    def at(cls, now: datetime, timezone: tzinfo = UTC, user: Mapping[str, object] | None = None) -> "Moment":
        """The moment in a site's time zone; raises ValueError when ``now`` has no time zone."""
        if now.tzinfo is None:
            raise ValueError(f"{now} has no time zone; a moment must have one.")
        return cls(now.astimezone(timezone).date(), now.astimezone(UTC), user, timezone)
