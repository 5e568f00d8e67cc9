"""A module's list: a saved filter, quick filters, a sort order and a page of it, all told by the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.expressions.literals import write_literal
from runtime.fields.base import InvalidValueError
from runtime.fields.formats import UnreadableError
from runtime.model.catalog import Expression, Field, Filter, Module, Path, SortKey
from runtime.model.tool import LIST
from runtime.model.types import MONEY, NUMBERS
from runtime.records.filter_shelf import Shelf
from runtime.records.saved_filters import SavedFilter
from runtime.sites.live import ConditionError, PathError
from runtime.storage.query import Count, Page, Query
from runtime.storage.searching import search_paths
from runtime.web.cells import cells
from runtime.web.door import Call
from runtime.web.errors import RefusedError, bad_request
from runtime.web.filtering.subjects import is_readable
from runtime.web.pages.editing import is_editable
from runtime.web.pages.filter_bar import bar, chosen_filter
from runtime.web.pages.screen import Screen, is_written, module_of
from runtime.web.pages.tool import list_buttons
from runtime.web.quick import PERIODS, Range, condition, period_labels
from runtime.web.table import Column, TableRow
from runtime.web.titles import called, new_label
from runtime.web.tooling import offers
from runtime.web.views import FieldView, Option, Views, path_label

SIZES = (25, 50, 100)
CAP = 1000
COLUMNS = "_columns"
"""The parameter of the address that names the columns."""
SEARCH = "_q"
"""The parameter of the address that has the words that each record must have."""
LONGEST = 200
"""Characters of the words."""
MOST_COLUMNS = 30
MOST_HOPS = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """What an address asks of a list; ``search`` are words that each record has, and ``written`` has the
    parameters as they stand in an address.
    """

    module: Module
    filter: Filter
    chosen: str
    saved: SavedFilter | None
    troubles: tuple[Message, ...]
    shelf: Shelf
    where: str
    sort: tuple[SortKey, ...]
    sort_text: str
    size: int
    after: str | None
    backwards: bool
    quick: dict[str, str]
    search: str
    columns: tuple[Path, ...]
    written: dict[str, str]

    def conditions(self, call: Call) -> tuple[Expression, ...]:
        """What the filter asks for, and the address beside it."""
        own = (self.filter.where,) if self.filter.where else ()
        return (*own, call.live.condition(self.module, self.where)) if self.where else own

    def address(self, **changes: str | None) -> str:
        """This list's address with some parameters changed; any change but of the cursor begins at the first
        page.
        """
        changed = {name: urlencode({name: value}) if value else "" for name, value in changes.items()}
        given = "&".join(filter(None, (self.written | changed).values()))
        return f"/app/{self.module.key}" + (f"?{given}" if given else "")


def show(screen: Screen, call: Call) -> Response:
    """The list page; htmx is given the rows alone. A condition that cannot be read is shown to be mended."""
    module = module_of(call)
    try:
        listing = read_listing(call, module)
    except ConditionError:
        return RedirectResponse(f"/app/{module.key}/filter?{call.request.url.query}", 303)
    views = screen.views(call)
    query, quick = _query(call, listing, views)
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
        is_full = page.next and len(page.rows) == listing.size
        if not (page.next or page.previous or listing.after):  # this page is all
            count = Count(len(page.rows), False)
        elif is_full and call.live.reader.shows_some(module.key):  # it is asked for: see count
            count = Count(len(page.rows), True)
        else:
            count = call.live.reader.count(connection, query, call.moment, cap=CAP)
        stale = call.live.stale.notes(connection, module.key, call.actor.language)
    context = {"list": _context(call, listing, views, quick, page, count)}
    context["list"]["notes"] = [note.render(call.translate, call.actor.language) for note in stale]
    if call.is_partial and call.request.headers.get("hx-target", "").endswith("rows"):
        return screen.renderer.block("pages/list.html", "rows", call.actor.language, context)
    return screen.draw(call, "pages/list.html", context, at=module.key)


def count(screen: Screen, call: Call) -> Response:
    """How many records a list has, which a page asks for when it is there already: whoever sees some records
    among many that are others' would else wait until as many are looked through.
    """
    module = module_of(call)
    try:
        listing = read_listing(call, module)
    except ConditionError:
        return RedirectResponse(f"/app/{module.key}/filter?{call.request.url.query}", 303)
    query, _ = _query(call, listing, screen.views(call))
    with call.site.database.read() as connection:
        found = call.live.reader.count(connection, query, call.moment, cap=CAP)
    return PlainTextResponse(count_text(call, min(listing.size, found.n), found))


def _query(call: Call, listing: Listing, views: Views) -> tuple[Query, list[FieldView]]:
    conditions, quick = _quick(call, listing, views)
    query = Query(
        module=listing.module.key,
        columns=listing.columns,
        where=(*listing.conditions(call), *conditions),
        sort=listing.sort,
        limit=listing.size,
        after=listing.after,
        backwards=listing.backwards,
        search=listing.search or None,
    )
    return query, quick


def read_listing(call: Call, module: Module, *, lenient: bool = False) -> Listing:
    """Read the address. A filter, a field or a size that is not there is said so; nothing is ignored.

    Only where its condition is to be mended (``lenient``) it may be one that cannot be read.
    """
    chosen = call.query("filter")
    at = chosen_filter(call, module, chosen)
    found = at.filter
    where = call.query("where").strip()
    if where and not lenient:
        call.live.condition(module, where)
    size = call.query("limit") or str(SIZES[1])
    if size not in map(str, SIZES):
        raise bad_request(message("A page has {sizes} rows.", sizes=", ".join(map(str, SIZES))), "limit")
    sort_text = call.query("sort")
    sort = call.live.sort_keys(module, sort_text) if sort_text else found.sort
    quick = {
        name: call.query(name)
        for path in found.quick
        for name in (path.text, f"{path.text}:min", f"{path.text}:max")
        if call.query(name)
    } | _typed(call, found.quick)
    search = call.query(SEARCH).strip()[:LONGEST] if search_paths(module) else ""
    parameters = {
        "filter": chosen,
        "where": where,
        "sort": sort_text,
        SEARCH: search,
        **quick,
        "limit": size if size != str(SIZES[1]) else "",
        COLUMNS: call.query(COLUMNS),
    }
    return Listing(
        module,
        found,
        chosen,
        at.saved,
        at.troubles,
        at.shelf,
        where,
        sort,
        sort_text,
        int(size),
        call.query("after") or None,
        bool(call.query("_back")),
        quick,
        search,
        _columns(call, module, found),
        {name: urlencode({name: value}) for name, value in parameters.items() if value},
    )


def sort_text(sort: Sequence[SortKey]) -> str:
    """A sort order as an address names it."""
    return ",".join(f"-{key.path.text}" if key.descending else key.path.text for key in sort)


def _columns(call: Call, module: Module, found: Filter) -> tuple[Path, ...]:
    """The columns that the address names, else those that the reader has chosen, else the filter's own."""
    if call.query(COLUMNS):
        return read_columns(call, module, found, call.query(COLUMNS))
    with call.site.database.read() as connection:
        chosen = call.live.chosen_columns.of(connection, call.actor.user_id or 0, module.key, found.key)
    if not chosen:
        return found.columns
    try:
        return read_columns(call, module, found, ",".join(chosen))
    except RefusedError:  # the configuration has changed since
        return found.columns


def read_columns(call: Call, module: Module, found: Filter, text: str) -> tuple[Path, ...]:
    """The columns that ``name,account.city`` names; one that is not there, or not to be read, is refused."""
    own = {path.text: path for path in found.columns}
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    if len(names) > MOST_COLUMNS:
        raise bad_request(message("A list has {most} columns at most.", most=MOST_COLUMNS), COLUMNS)
    try:
        paths = tuple(own.get(name) or call.live.path(module, name) for name in names)
    except PathError as wrong:
        raise bad_request(wrong.reason, COLUMNS) from None
    for path in paths:
        if len(path.hops) > MOST_HOPS or not all(is_readable(call, each) for each in path.fields):
            raise bad_request(message('There is no column "{path}" here.', path=path.text[:100]), COLUMNS)
    return paths


def _quick(call: Call, listing: Listing, views: Views) -> tuple[list[Expression], list[FieldView]]:
    """The conditions of the quick filters, and the controls that show them."""
    conditions: list[Expression] = []
    controls: list[FieldView] = []
    for path in listing.filter.quick:
        value, shown = _chosen(call, listing, path)
        text = _narrowed(call, path, value, shown)
        if text is not None:
            conditions.append(call.live.condition(listing.module, text))
        controls.append(_control(call, views, path, value, shown))
    return conditions, controls


def narrowed(call: Call, listing: Listing) -> tuple[str, ...]:
    """What the quick filters and the address ask for, as texts of the expression language."""
    return (*quickly(call, listing), listing.where) if listing.where else quickly(call, listing)


def quickly(call: Call, listing: Listing) -> tuple[str, ...]:
    """What the quick filters ask for."""
    texts = [_narrowed(call, path, *_chosen(call, listing, path)) for path in listing.filter.quick]
    return tuple(text for text in texts if text is not None)


def _chosen(call: Call, listing: Listing, path: Path) -> tuple[str, Range]:
    """What a quick filter is set to. One value of what is filtered by a range is both ends of it."""
    text, quick = path.text, listing.quick
    value, ends = quick.get(text, ""), Range(quick.get(f"{text}:min", ""), quick.get(f"{text}:max", ""))
    if value and call.live.types[path.field.type].filtered_by == "range":
        return "", Range(ends.min or value, ends.max or value)
    return value, ends


def _narrowed(call: Call, path: Path, value: str, shown: Range) -> str | None:
    exact = Range(_exact(call, path, shown.min), _exact(call, path, shown.max))
    by = call.live.types[path.field.type].filtered_by
    return condition(path, by, value, exact, call.live.conditions)


def _typed(call: Call, quick: Sequence[Path]) -> dict[str, str]:
    """The records whose titles were typed, by a browser without JavaScript, where one is picked."""
    picked: dict[str, str] = {}
    for path in quick:
        typed = call.query(f"{path.text}:text").strip()
        if typed and path.field.targets:
            ref = called(call, path.field.targets, typed)
            if isinstance(ref, Message):
                raise bad_request(ref, path.text)
            picked[path.text] = str(ref.id)
    return picked


def _exact(call: Call, path: Path, typed: str) -> str:
    """What was typed as an end of a range, as the expression language writes it."""
    kind = call.live.types[path.field.type]
    if not typed or kind.filtered_by != "range":
        return typed
    try:
        if path.field.value_type in (*NUMBERS, MONEY):
            return f"{call.formats.parse_decimal(typed):f}"
        return write_literal(kind.parse(typed, path.field, call.live.parsing(call.actor, "form")))
    except UnreadableError:
        raise bad_request(message("{value} is not a number.", value=typed), path.text) from None
    except InvalidValueError as error:
        raise bad_request(error.message, path.text) from None


def _control(call: Call, views: Views, path: Path, value: str, shown: Range) -> FieldView:
    field = path.field
    name = path.text
    view = FieldView(
        views.widget(field),
        name=name,
        id="quick-" + name.replace(".", "-"),
        label=path_label(path, call.actor.language),
        value=value or None,
        raw=value,
        settings=field.settings,
    )
    by = call.live.types[field.type].filtered_by
    if by == "period":
        labels = period_labels(call.translate)
        view.options = [Option(key, label, None, key == value) for key, label in labels]
        if value and value not in PERIODS:
            view.options = [*view.options, Option(value, value, None, True)]
    elif by == "range":
        view.raw = shown
        view.text = shown.text
    elif by in ("yes_no", "filled"):
        labels = [("true", call.translate("Yes")), ("false", call.translate("No"))]
        view.options = [Option(key, label, None, key == value) for key, label in labels]
    elif choices := call.live.types[field.type].choices(call.formats):
        view.options = views.listed(choices, value)
    elif "picklist" in field.settings:
        view.options = views.options(field, (value,))
    elif field.targets:
        view.picker = f"/app/{field.module}/pick/{field.key}"
        view.text = _title(call, field, value)
    return view


def _title(call: Call, field: Field, value: str) -> str:
    """What the chosen record of a relation is called; '' when it is unknown."""
    if not value.isdecimal():
        return ""
    with call.site.database.read() as connection:
        ref = call.live.refs.one(connection, field.targets, int(value), call.actor, call.moment)
    return ref.title if ref is not None else ""


def _context(
    call: Call, listing: Listing, views: Views, quick: list[FieldView], page: Page, count: Count
) -> dict[str, Any]:
    module, language = listing.module, call.actor.language
    return {
        "label": module.plural.in_language(language),
        "group": _group(call, module),
        "module": module.key,
        "href": f"/app/{module.key}",
        "new_href": f"/app/{module.key}/new" if _may(call, module, "create") else None,
        "new_label": new_label(call, module),
        "export_href": _export_address(listing) if _may(call, module, "export") else None,
        "import_href": f"/app/{module.key}/import" if may_import(call, module) else None,
        "columns_href": f"/app/{module.key}/columns" + listing.address().removeprefix(f"/app/{module.key}"),
        "tools": list_buttons(call, module),
        "bin_href": f"/app/{module.key}/bin" if _may(call, module, "delete") else None,
        **bar(call, listing),
        "quick": quick,
        "search": {"name": SEARCH, "value": listing.search} if search_paths(module) else None,
        "hidden": _hidden(listing),
        "clear_href": listing.address(**dict.fromkeys((SEARCH, *listing.quick)), where=None),
        "reset_href": listing.address(**dict.fromkeys((SEARCH, *listing.quick)), where=None)
        if listing.quick or listing.search or listing.where
        else None,
        "columns": columns(call, views, listing.columns, listing.sort, listing),
        "rows": rows(views, module, listing.columns, page),
        "empty": call.translate("No record matches.")
        if listing.quick or listing.search or listing.where or listing.saved or listing.filter.where
        else call.translate("There are no records yet."),
        "pager": {
            "label": call.translate("Pages"),
            "text": count_text(call, len(page.rows), count),
            "count_href": _count_address(listing) if count.capped and count.n < CAP else None,
            "sizes": [
                {"n": size, "href": listing.address(limit=str(size)), "selected": size == listing.size}
                for size in SIZES
            ],
            "prev": listing.address(after=page.previous, _back="1") if page.previous else None,
            "next": listing.address(after=page.next) if page.next else None,
        },
    }


def _count_address(listing: Listing) -> str:
    here = f"/app/{listing.module.key}"
    return f"{here}/count{listing.address().removeprefix(here)}"


def count_text(call: Call, shown: int, count: Count) -> str:
    """``50 of 1,000+``: how many rows are shown of how many."""
    total = call.formats.integer(count.n) + ("+" if count.capped else "")
    return call.translate("{shown} of {total}").format(shown=call.formats.integer(shown), total=total)


def columns(
    call: Call, views: Views, paths: Sequence[Path], sort: Sequence[SortKey], listing: Listing | None
) -> list[Column]:
    """The heads of a table; a click sorts by the column, another turns it round."""
    heads: list[Column] = []
    written = listing is not None and is_written(call, listing.module)
    chooses = listing is not None and bool(offers(call, listing.module, LIST))
    for path in paths:
        current = next((key for key in sort if key.path.text == path.text), None)
        sortable = listing is not None and call.live.types[path.field.type].sortable
        turned = f"-{path.text}" if current is not None and not current.descending else path.text
        heads.append(
            Column(
                label=path_label(path, call.actor.language),
                widget="text" if path.attribute is not None else views.widget(path.field),
                end=bool(heads) and call.live.types[path.field.type].measured,  # the first is the title
                sorted=None if current is None else ("desc" if current.descending else "asc"),
                href=listing.address(sort=turned) if listing is not None and sortable else None,
                edit=_edited(call, listing.module, path) if listing is not None and written else "",
                named=_named(call, paths[0], path),
                chooses=chooses and not heads,
            )
        )
    return heads


def _named(call: Call, first: Path, path: Path) -> bool:
    """Whether both are the record's own, and parts of what it is called."""
    title = call.live.catalog.modules[path.field.module].title
    own = {part.text for _, part in title.parts}
    return path is not first and path.text in own and first.text in own


def _edited(call: Call, module: Module, path: Path) -> str:
    """The key of the field that is edited in a column's cells; '' where it is none of the record's own."""
    own = not path.hops and path.attribute is None
    return path.text if own and is_editable(call, module, path.field) else ""


def rows(views: Views, module: Module, paths: Sequence[Path], page: Page) -> list[TableRow]:
    """The rows of a table, their cells made ready for the widgets."""
    address = f"/app/{module.key}"
    values = zip(*(row.values for row in page.rows), strict=True)
    made = zip(
        *(cells(views, path, column) for path, column in zip(paths, values, strict=False)), strict=True
    )
    return [
        TableRow(f"{address}/{row.id}", f"#{row.id}", drawn, row.id)
        for row, drawn in zip(page.rows, made, strict=True)
    ]


def _hidden(listing: Listing) -> "list[_Hidden]":
    size = str(listing.size) if listing.size != SIZES[1] else ""
    named = ",".join(path.text for path in listing.columns) if COLUMNS in listing.written else ""
    kept = {
        "filter": listing.chosen,
        "where": listing.where,
        "sort": listing.sort_text,
        "limit": size,
        COLUMNS: named,
    }
    return [_Hidden(name, value) for name, value in kept.items()]


@dataclass(frozen=True, slots=True)
class _Hidden:
    name: str
    value: str


def _export_address(listing: Listing) -> str:
    # With what the list shows; the page and its size say nothing of it.
    return listing.address(limit=None).replace(
        f"/app/{listing.module.key}", f"/app/{listing.module.key}/export", 1
    )


def may_import(call: Call, module: Module) -> bool:
    """Whether the reader may import records of a module: people and groups are made one by one."""
    return not module.system and _may(call, module, "import") and _may(call, module, "create")


def _may(call: Call, module: Module, right: str) -> bool:
    return call.live.judge.may(call.actor, module.key, right).allowed


def _group(call: Call, module: Module) -> str:
    for group in call.live.catalog.menu:
        if any(item.module == module.key for item in group.items):
            return group.label.in_language(call.actor.language)
    return ""
