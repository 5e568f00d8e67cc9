"""The type-ahead of a relation: the records that may be chosen, by what was typed."""

from starlette.responses import Response

from runtime.model.catalog import Path, SortKey
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen
from runtime.web.views import Item

SHOWN = 10
LONGEST = 100


def show(screen: Screen, call: Call) -> Response:
    """The options of one field's listbox; a union (the owner) offers the records of each of its modules in
    turn.
    """
    module = call.live.catalog.modules.get(call.path("module"))
    field = module.field(call.path("field")) if module is not None else None
    if (
        module is None
        or field is None
        or not field.targets
        or not call.live.judge.may(call.actor, module.key, "read").allowed
    ):
        raise not_found()
    typed = call.query("q").strip()[:LONGEST]
    options: list[Item] = []
    for target in field.targets:
        options += _options(call, target, typed)
    picker = {"id": call.query("for")[:80], "options": options[:SHOWN], "more": len(options) > SHOWN}
    return screen.renderer.page("pages/picker.html", call.actor.language, {"picker": picker})


def _options(call: Call, target: str, typed: str) -> list[Item]:
    module = call.live.catalog.modules[target]
    if not call.live.judge.may(call.actor, module.key, "read").allowed:
        return []
    query = Query(
        module=target,
        columns=(),
        rights=call.live.judge.conditions(call.actor, module.key, "read"),
        sort=(_by_title(module.title.parts[0][1]),) if module.title.parts else (),
        limit=SHOWN + 1,
        search=typed or None,
    )
    with call.site.database.read() as connection:
        refs = call.live.refs.search(connection, query, call.actor, call.moment)
    return [Item(ref.id, ref.title) for ref in refs]


def _by_title(path: Path) -> SortKey:
    return SortKey(path)
