"""The parameters of an address, read strictly: one unknown, repeated or out of range is an error."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from runtime.base.messages import message, phrase
from runtime.base.suggest import suggest
from runtime.web.errors import bad_request

LIST = ("where", "filter", "sort", "fields", "include", "limit", "after", "count", "group", "value")
"""What a list may be asked for."""

RECORD = ("fields", "include")
"""What one record may be asked for."""

WRITTEN = ("duplicates",)
"""What a record that is made or changed may be told."""

BATCH = ("atomic", *WRITTEN)
"""What a batch may be told."""

COUNTS = ("capped", "exact", "none")
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 1000
CAP = 1000
"""Where a capped count stops."""

LONGEST_NAMES = 200
"""How many fields, or relations, one request may name."""

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ListParameters:
    """What the address of a list says; texts as they were written, None where one is not given."""

    where: str | None = None
    filter: str | None = None
    sort: str | None = None
    fields: tuple[str, ...] | None = None
    include: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: str | None = None
    count: str = "capped"
    group: tuple[str, ...] = ()
    value: str | None = None


def read_known(query: QueryParams, known: Iterable[str]) -> Mapping[str, str]:
    """Each parameter's one value; raises RefusedError for one that is not known, or that is given twice."""
    allowed = tuple(known)
    given: dict[str, str] = {}
    for name, value in query.multi_items():
        if name not in allowed:
            near = suggest(name, allowed)
            sentence = phrase("There is no parameter {name} here.")
            if near is not None:
                raise bad_request(
                    message(sentence + ' Did you mean "{near}"?', name=_shown(name), near=near), _shown(name)
                )
            raise bad_request(message(sentence, name=_shown(name)), _shown(name))
        if name in given:
            raise bad_request(message("The parameter {name} is given twice.", name=name), name)
        given[name] = value
    return given


def read_list(query: QueryParams) -> ListParameters:
    """The parameters of a list; raises RefusedError with the parameter's name in ``at``."""
    given = read_known(query, LIST)
    count = given.get("count", "capped")
    if count not in COUNTS:
        raise bad_request(message("A count is capped, exact or none."), "count")
    group = _names(given, "group") or ()
    value = given.get("value")
    if group or value is not None:
        for name in ("fields", "include", "after", "sort"):
            if name in given:
                raise bad_request(message("Groups have no {name}.", name=name), name)
    return ListParameters(
        where=given.get("where"),
        filter=given.get("filter"),
        sort=given.get("sort"),
        fields=_names(given, "fields"),
        include=_names(given, "include") or (),
        limit=_limit(given.get("limit")),
        after=given.get("after"),
        count=count,
        group=group,
        value=value,
    )


def read_record(query: QueryParams) -> ListParameters:
    """The parameters of one record: ``fields`` and ``include``."""
    given = read_known(query, RECORD)
    return ListParameters(fields=_names(given, "fields"), include=_names(given, "include") or ())


def read_atomic(query: QueryParams) -> bool:
    """Whether a batch is all or nothing, which it is unless ``atomic=false``."""
    value = read_known(query, BATCH).get("atomic", "true")
    if value not in ("true", "false"):
        raise bad_request(message("atomic is true or false."), "atomic")
    return value == "true"


def read_anyway(query: QueryParams, known: Iterable[str] = WRITTEN) -> bool:
    """Whether what may be there already is saved all the same: ``duplicates=save``."""
    value = read_known(query, known).get("duplicates", "refuse")
    if value not in ("refuse", "save"):
        raise bad_request(message("duplicates is refuse or save."), "duplicates")
    return value == "save"


def read_none(query: QueryParams) -> None:
    """No parameter at all."""
    read_known(query, ())


def _names(given: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    text = given.get(name)
    if text is None:
        return None
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if "" in names:
        raise bad_request(message("{name} is a list of names with commas between them.", name=name), name)
    if len(names) > LONGEST_NAMES:
        raise bad_request(message("{name} may have {most} names.", name=name, most=LONGEST_NAMES), name)
    return names


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if _NUMBER.fullmatch(text) and 1 <= int(text) <= LARGEST_LIMIT:
        return int(text)
    raise bad_request(message("limit is a whole number from 1 to {most}.", most=LARGEST_LIMIT), "limit")


def _shown(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"
