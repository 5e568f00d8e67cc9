"""The type-ahead of a relation: the records that may be chosen, by what was typed."""

from collections import Counter
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from runtime.model.catalog import Expression, Field, Module, Path, SortKey
from runtime.records.owner_choice import ANYONE
from runtime.storage.query import Query
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.offering import offered
from runtime.web.pages.present import present
from runtime.web.pages.screen import Screen, module_of
from runtime.web.views import Item

SHOWN = 10
LONGEST = 100
RECENT = 1000
"""Of so many records, the newest, the tags in use are gathered."""


def show(screen: Screen, call: Call) -> Response:
    """The options of one field's listbox: tags in use, or records.

    A union (the owner) offers the records of each of its modules in turn; a form may make a new one. Of
    owners a form offers those whom the reader may choose, and ``?present=1`` all who may sign in.
    """
    module = call.live.catalog.modules.get(call.path("module"))
    field = module.field(call.path("field")) if module is not None else None
    if (
        module is None
        or field is None
        or not (field.targets or field.type in ("tags", "any_relation"))
        or not call.live.judge.may(call.actor, module.key, "read").allowed
    ):
        raise not_found()
    typed = _typed(call)
    options = _tags(call, module, field, typed) if field.type == "tags" else []
    is_form = "record" in call.request.query_params  # a filter asks after any record
    conditions = module.choosable.get(field.key, {}) if is_form else {}
    this = present(call, module, field) if conditions else {}
    owners = _owners(call, module, field, is_form=is_form)
    for target in field.targets if owners is None else owners:
        where = (*filter(None, (conditions.get(target),)), *(owners or {}).get(target, ()))
        options += _options(call, target, typed, where, this)
    for target in field.settings.get("among", ()):
        if len(options) <= SHOWN:
            options += _options_among(call, target, typed)
    return _draw(screen, call, options, field.targets)


def _owners(
    call: Call, module: Module, field: Field, *, is_form: bool
) -> dict[str, tuple[Expression, ...]] | None:
    """What must hold of the users and the groups who are offered as owners; None where all are."""
    if field is not module.record_fields.get("owner") or not (is_form or call.query("present")):
        return None
    catalog, found = call.live.catalog, {}
    for target, condition in (call.live.judge.owners(call.actor, module.key) if is_form else ANYONE).items():
        present = (call.live.condition(catalog.modules[target], "active"),) if target == "users" else ()
        found[target] = (*present, *filter(None, (condition,)))
    return found


def any_of(screen: Screen, call: Call) -> Response:
    """The options of a listbox over a whole module: what is to be linked to a record."""
    return offer(screen, call, module_of(call), (module_of(call).key,))


def offer(screen: Screen, call: Call, module: Module, new: Sequence[str] = ()) -> Response:
    """The options of a listbox over a module, rows too; ``new`` are modules to make a record of."""
    return _draw(screen, call, _options(call, module.key, _typed(call), (), {}), new)


def offer_among(screen: Screen, call: Call, targets: Sequence[str]) -> Response:
    """The options of a listbox over several modules in turn."""
    options = [each for target in targets for each in _options(call, target, _typed(call), (), {})]
    return _draw(screen, call, options, targets)


def _typed(call: Call) -> str:
    return call.query("q").strip()[:LONGEST]


def _draw(screen: Screen, call: Call, options: Sequence[Item], targets: Sequence[str]) -> Response:
    picker = {
        "id": call.query("for")[:80],
        "options": options[:SHOWN],
        "more": len(options) > SHOWN,
        "new": offered(call, targets, _typed(call)),
    }
    return screen.renderer.page("pages/picker.html", call.actor.language, {"picker": picker})


def _options_among(call: Call, target: str, typed: str) -> list[Item]:
    """Records of one of many modules, each with its module's name."""
    label = call.live.catalog.modules[target].label.in_language(call.actor.language)
    found = _options(call, target, typed, (), {})
    return [Item(f"{target}:{each.id}", each.title, note=label) for each in found]


def _options(
    call: Call, target: str, typed: str, where: tuple[Expression, ...], this: Mapping[str, object]
) -> list[Item]:
    module = call.live.catalog.modules[target]
    query = Query(
        module=target,
        columns=(),
        where=where,
        this=this,
        sort=(_by_title(module.title.parts[0][1]),) if module.title.parts else (),
        limit=SHOWN + 1,
        search=typed or None,
    )
    with call.site.database.read() as connection:
        refs = call.live.refs.search(connection, query, call.actor, call.moment)
    return [Item(ref.id, ref.title) for ref in refs]


def _tags(call: Call, module: Module, field: Field, typed: str) -> list[Item]:
    """The tags in use that what was typed is in, the most used first, and what was typed as a new one."""
    path = Path(field.key, (field,))
    query = Query(
        module=module.key,
        columns=(path,),
        where=(call.live.condition(module, f"not is_empty({field.key})"),),
        limit=RECENT,
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
    used = Counter(tag for row in page.rows for tag in _each(row.values[0]))
    found = [tag for tag, _ in used.most_common() if typed.casefold() in tag.casefold()]
    known = any(tag.casefold() == typed.casefold() for tag in found)
    new = [] if known or not typed else [Item(typed, typed, note=call.translate("New"))]
    return [*(Item(tag, tag) for tag in found[: SHOWN + 1]), *new]


def _each(tags: object) -> Sequence[str]:
    return tags if isinstance(tags, tuple) else ()


def _by_title(path: Path) -> SortKey:
    return SortKey(path)
