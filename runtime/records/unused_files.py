"""Unused files: records of files that no record holds, and content that no record of a file names."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from runtime.records.among import among
from runtime.records.plan import Plans

FILES = "files"


def unheld_files(connection: Connection, plans: Plans, before: datetime, after: int, limit: int) -> list[int]:
    """The ids, in order and after one of them, of files that were uploaded before a moment and that no field
    of any record holds, and that hang on none by themselves. A record in the bin holds its files.
    """
    columns = plans[FILES].table.columns
    own, deleted, made = (columns[key][0] for key in ("id", "deleted_at", "created_at"))
    alone = columns["record"][0].is_(None)
    query = select(own).where(own > after, deleted.is_(None), made < before, alone)
    query = query.where(*(~held for held in _holds(plans, own))).order_by(own).limit(limit)
    return list(connection.execute(query).scalars())


def unnamed(
    connection: Connection, plans: Plans, digests: Collection[str], deleted_before: datetime
) -> set[str]:
    """Which of these digests are of content that no file names, but such as were deleted before a moment."""
    columns = plans[FILES].table.columns
    digest, deleted = columns["sha256"][0], columns["deleted_at"][0]
    counts = or_(deleted.is_(None), deleted >= deleted_before)
    named = select(digest).where(among(digest, digests, plans.dialect), counts)
    return set(digests) - set(connection.execute(named).scalars())


def _holds(plans: Plans, own: ColumnElement[int]) -> list[ColumnElement[bool]]:
    columns = [
        referrer.plan.table.columns[referrer.field.key][0]
        for referrer in plans.referrers(FILES)
        if referrer.plan.key != FILES
    ]
    for key in plans.workplace.catalog.modules:
        fields = plans[key].fields.values()
        columns += [
            each.link.c.target_id for each in fields if each.link is not None and FILES in each.targets
        ]
    return [select(column).where(column == own).exists() for column in columns]
