"""A module's list: a page of records that fulfil a condition, or groups of them with a value each."""

import re
from typing import Any

from starlette.responses import Response

from runtime.base.messages import message
from runtime.model.catalog import Expression, Field, Filter, Module, Path
from runtime.records.as_json import writer_of
from runtime.sites.opening import open_saved
from runtime.storage.query import Aggregate, Count, Group, Query
from runtime.web.api.answers import answer
from runtime.web.api.endpoint import Call
from runtime.web.api.honest import recomputing
from runtime.web.api.modules import module_of
from runtime.web.api.parameters import CAP, ListParameters, read_list
from runtime.web.api.paths import hold_to_measure, path_at, sort_at
from runtime.web.api.related import plan_reading
from runtime.web.api.shape import unknown
from runtime.web.errors import bad_request

MOST_GROUPS = 1000
"""How many groups one answer has."""

_VALUE = re.compile(r"\s*(count|sum|avg|min|max)\s*\(\s*([a-z_][a-z0-9_.]*)?\s*\)\s*")
_NUMBERS = ("integer", "decimal", "percent", "money")
_ADDED = (*_NUMBERS, "duration")
_ORDERED = (*_ADDED, "date", "datetime", "time")


def show(call: Call) -> Response:
    """A page of a list, or its groups."""
    module = module_of(call, "read")
    asked = read_list(call.request.query_params)
    found = _filter(call, module, asked)
    if asked.group or asked.value is not None:
        return _groups(call, module, asked, _conditions(call, module, asked, found))
    plan = plan_reading(call, module, asked.fields, asked.include, with_rows=False)
    sort = found.sort if found is not None else ()
    if asked.sort is not None:
        sort = sort_at(call.live, module, asked.sort)
    hold_to_measure((*plan.shape.columns, *(key.path for key in sort)), "fields")
    query = Query(
        module=module.key,
        columns=plan.shape.columns,
        where=_conditions(call, module, asked, found),
        sort=sort,
        limit=asked.limit,
        after=asked.after,
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
        data = plan.records(call, connection, page.rows)
        count = _count(call, connection, query, asked, len(page.rows), page.next)
        stale = recomputing(call, connection, module)
    return answer({"data": data, "next": page.next, **count, **stale})


def _conditions(
    call: Call, module: Module, asked: ListParameters, found: Filter | None
) -> tuple[Expression, ...]:
    conditions = [] if found is None or found.where is None else [found.where]
    if asked.where is not None:
        conditions.append(call.live.condition(module, asked.where))
    return tuple(conditions)


def _filter(call: Call, module: Module, asked: ListParameters) -> Filter | None:
    if asked.filter is None:
        return None
    filters = call.live.catalog.filters.get(module.key, {})
    found = filters.get(asked.filter) or _saved(call, module, asked.filter)
    if found is None:
        raise unknown(asked.filter, "filter", filters)
    return found


def _saved(call: Call, module: Module, key: str) -> Filter | None:
    """A filter that a user saved, by its number; one that no longer fits is refused and not half obeyed."""
    with call.site.database.read() as connection:
        saved = call.live.saved_filters.find(connection, call.actor, module.key, key)
    if saved is None:
        return None
    opened = open_saved(call.live, saved)
    if opened.is_broken:
        raise bad_request(opened.troubles[0], "filter")
    return opened.filter


def _count(
    call: Call, connection: Any, query: Query, asked: ListParameters, shown: int, following: str | None
) -> dict[str, Any]:
    if asked.count == "none":
        return {"count": None}
    if asked.after is None and following is None:  # the first page is all of it
        return {"count": shown}
    count: Count = call.live.reader.count(
        connection, query, call.moment, cap=CAP if asked.count == "capped" else None
    )
    return {"count": count.n, "capped": True} if count.capped else {"count": count.n}


def _groups(call: Call, module: Module, asked: ListParameters, where: tuple[Expression, ...]) -> Response:
    paths = tuple(_key(call, module, name) for name in asked.group)
    aggregate = _aggregate(call, module, asked.value)
    hold_to_measure(paths, "group")
    query = Query(
        module=module.key,
        where=where,
    )
    with call.site.database.read() as connection:
        groups = call.live.reader.group(connection, query, paths, (aggregate,), call.moment)
        stale = recomputing(call, connection, module)
    if len(groups) > MOST_GROUPS:
        sentence = message("There are over {most} groups; narrow them with where.", most=MOST_GROUPS)
        raise bad_request(sentence, "group")
    writers = [None if path.attribute else writer_of(path.field, call.live.types) for path in paths]
    write = _value_writer(call, aggregate)

    def one(group: Group) -> dict[str, Any]:
        keys = {
            path.text: value if write_key is None or value is None else write_key(value)
            for path, write_key, value in zip(paths, writers, group.key, strict=True)
        }
        value = group.values[0]
        return {"group": keys, "value": value if write is None or value is None else write(value)}

    found = [one(group) for group in groups]
    return answer({"data": found, "next": None, "count": len(groups), **stale})


def _key(call: Call, module: Module, name: str) -> Path:
    path = path_at(call.live, module, name, "group")
    if call.live.types[path.field.type].linked:
        raise bad_request(
            message("{label} has many values, so nothing is grouped by it.", label=path.field.label), "group"
        )
    return path


def _aggregate(call: Call, module: Module, text: str | None) -> Aggregate:
    if text is None:
        return Aggregate("count")
    found = _VALUE.fullmatch(text)
    if found is None:
        raise bad_request(
            message("A value is count(), or sum, avg, min or max of a field, such as sum(amount)."), "value"
        )
    function, name = found[1], found[2]
    if name is None:
        if function != "count":
            raise bad_request(
                message("{function} needs a field: {function}(amount).", function=function), "value"
            )
        return Aggregate("count")
    path: Path = path_at(call.live, module, name, "value")
    kind = path.field.value_type.name
    fits = {"sum": _ADDED, "avg": _ADDED, "min": _ORDERED, "max": _ORDERED}.get(function)
    if fits is not None and (kind not in fits or path.attribute is not None):
        raise bad_request(
            message("{function} of {field} means nothing.", function=function, field=name), "value"
        )
    return Aggregate(function, path)  # type: ignore[arg-type]


def _value_writer(call: Call, aggregate: Aggregate) -> Any:
    if aggregate.function == "count" or aggregate.path is None:
        return None
    field: Field = aggregate.path.field
    return writer_of(field, call.live.types)
