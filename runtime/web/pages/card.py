"""Loading one record for a screen: exactly the paths that the screen shows and its conditions read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.expressions import AGGREGATES, dependencies
from runtime.expressions.references import paths
from runtime.expressions.tree import Aggregate
from runtime.model.catalog import Block, Expression, Field, Module, Path, Tab
from runtime.model.values import Ref
from runtime.records.read import Linked
from runtime.storage.query import Query, Which
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.views import FieldView, Views, path_label

OWN = ("id", "number", "version", "deleted_at")
"""What every screen of a record needs of it."""


@dataclass(frozen=True, slots=True)
class Card:
    """One record as a screen has it: its title, and a value for each path that was asked for."""

    module: Module
    id: int
    title: str
    values: Mapping[str, Any]
    aggregates: Mapping[str, object] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The version, which a change of the record must name."""
        version: int = self.values["version"]
        return version

    @property
    def number(self) -> str:
        """The record's number; '' when its module gives none."""
        return self.values["number"] or ""

    @property
    def deleted(self) -> bool:
        """Whether the record lies in the bin."""
        return self.values["deleted_at"] is not None

    def plain(self) -> dict[str, Any]:
        """The values as an expression reads them: nested by path, a related record as its id."""
        return {**plain(self.values), AGGREGATES: self.aggregates}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as an expression reads them: nested, a related record as its id."""
    nested: dict[str, Any] = {}
    for text, value in sorted(values.items(), key=lambda item: item[0].count(".")):
        *hops, last = text.split(".")
        place = nested
        for hop in hops:
            inner = place.get(hop)
            if not isinstance(inner, dict):
                inner = place[hop] = {} if inner is None else {"id": inner}
            place = inner
        place[last] = _plain(value)
    return nested


def own_path(field: Field) -> Path:
    """The path to a field of the record itself."""
    return Path(field.key, (field,))


def own_paths(module: Module) -> list[Path]:
    """The paths that every screen of a record needs."""
    return [own_path(module.record_fields[key]) for key in OWN]


def load(call: Call, module: Module, record_id: int, shown: Iterable[Path], deleted: Which = "no") -> Card:
    """Load one record, or refuse with 404 when it is unknown or may not be seen."""
    asked = [*own_paths(module), *shown]
    wanted = {path.text: path for path in (*asked, *_described(module, asked))}
    query = Query(
        module=module.key,
        columns=tuple(wanted.values()),
        limit=1,
        deleted=deleted,
        ids=(record_id,),
    )
    with call.site.database.read() as connection:
        page = call.live.reader.page(connection, query, call.moment)
        ids = [row.id for row in page.rows]
        titles = call.live.reader.titles(connection, module.key, ids, call.moment)
        over = _aggregates(call, module)
        found = call.live.reader.aggregates(connection, module.key, ids, over, call.moment)
    if not page.rows:
        raise not_found()
    return Card(
        module,
        record_id,
        titles.get(record_id, f"#{record_id}"),
        dict(zip(wanted, page.rows[0].values, strict=True)),
        found.get(record_id, {}),
    )


def _described(module: Module, shown: Iterable[Path]) -> Iterable[Path]:
    """The texts that say what the pictures among these fields show."""
    for path in shown:
        alt = module.fields.get(path.field.settings.get("alt", ""))
        if alt is not None and not path.hops:
            yield own_path(alt)


def _aggregates(call: Call, module: Module) -> list[Aggregate]:
    """What the conditions of the module's layout ask of related records."""
    layout = call.live.catalog.layouts[module.key]
    blocks = [block for tab in layout.tabs for block in tab.blocks] + list(layout.side)
    conditions = [tab.when for tab in layout.tabs] + [block.when for block in blocks]
    asked = (dependencies(each.tree).aggregates for each in conditions if each is not None)
    return list({each.key: each for some in asked for each in some}.values())


def with_links(call: Call, card: Card) -> Card:
    """The card with the attributes of its links, where fields that it shows have some."""
    fields = card.module.fields.values()
    if not any(field.key in card.values and field.settings.get("link") for field in fields):
        return card
    with call.site.database.read() as connection:
        record = call.live.records.record(
            connection, call.actor, call.moment, card.module.key, card.id, deleted="any"
        )
    if record is None:
        raise not_found()
    links = {
        key: linked
        for key, linked in record.links.items()
        if key in card.values and card.module.fields[key].settings.get("link")
    }
    return replace(card, values={**card.values, **links})


def condition_paths(call: Call, expressions: Iterable[Expression | None]) -> list[Path]:
    """What the conditions read."""
    return [path for found in expressions if found is not None for path in paths(found.tree)]


def holds(call: Call, expression: Expression | None, plain: Mapping[str, Any]) -> bool:
    """Whether a condition of the layout holds for a record; none given always does."""
    return expression is None or call.live.language.holds(expression, plain, call.moment)


def visible_tabs(call: Call, tabs: Sequence[Tab], plain: Mapping[str, Any]) -> list[Tab]:
    """The tabs whose condition holds."""
    return [tab for tab in tabs if holds(call, tab.when, plain)]


def visible_blocks(call: Call, blocks: Sequence[Block], plain: Mapping[str, Any]) -> list[Block]:
    """The blocks whose condition holds."""
    return [block for block in blocks if holds(call, block.when, plain)]


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, tuple):
        return tuple(item.ref.id if isinstance(item, Linked) else _plain(item) for item in value)
    return value


def field_views(views: Views, card: Card, shown: Iterable[Path], language: str) -> list[FieldView]:
    """Some of what was loaded of a record, as templates draw it."""
    return [
        views.of(path.field, card.values[path.text], path_label(path, language), card.values)
        for path in shown
    ]
