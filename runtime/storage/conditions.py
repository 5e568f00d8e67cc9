"""Conditions: what decides whether a record is found, as SQL over a query's joins."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, bindparam, func, select

from runtime.storage.joins import Joins
from runtime.storage.query import Query, Which


def among(ids: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """The condition that an id is one of a list, which comes as one parameter however long it is."""
    if dialect == "postgresql":
        return ids == any_(bindparam(name, required=False, type_=ARRAY(BigInteger)))
    values = func.json_each(bindparam(name, required=False, type_=Text)).table_valued("value")
    return ids.in_(select(values.c.value))


def id_list(ids: Iterable[int | None], dialect: str) -> object:
    """The value of the parameter of :func:`among`."""
    known = [id_ for id_ in ids if id_ is not None]
    return known if dialect == "postgresql" else f"[{','.join(map(str, known))}]"


def standing(query: Query, joins: Joins) -> list[ColumnElement[bool]]:
    """Whether deleted and archived records are found."""
    columns = joins.tables.module(query.module).columns
    deleted, archived = (joins.root.c[columns[key][0].name] for key in ("deleted_at", "archived_at"))
    return [*_which(deleted, query.deleted), *_which(archived, query.archived)]


def _which(moment: ColumnElement[Any], which: Which) -> list[ColumnElement[bool]]:
    if which == "any":
        return []
    return [moment.is_(None) if which == "no" else moment.is_not(None)]
