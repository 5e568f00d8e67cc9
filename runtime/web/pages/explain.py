"""How a value came about: what gives a field its value, part by part and with the records it came from."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from runtime.base.messages import Message, message, phrase
from runtime.fields.telling import tell
from runtime.model.catalog import Module, Path
from runtime.model.values import Ref
from runtime.records.explaining import TROUBLES, Asking, Explanation, Part
from runtime.records.filling import COMPUTED, DEFAULT, FORMULA, RULE
from runtime.records.how_it_came import Cause, HowItCame, explained_fields, how_it_came
from runtime.web.admin.source import line_address
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.card import Card, load, own_path, with_links
from runtime.web.pages.screen import Screen, module_of, record_id
from runtime.web.views import Views, cards_address, path_label, record_address

KINDS = {
    "default": phrase("Default"),
    "formula": phrase("Formula"),
    "computed": phrase("Computed field"),
    "rule": phrase("Rule"),
}
MOMENTS = {
    "create": message("It runs when a record is created."),
    "save": message("It runs at every save."),
}
DEEPEST = 6
"""Parts that lie deeper are drawn no further to the right."""


@dataclass(frozen=True, slots=True)
class Link:
    """A record to be named, and its address where it has a card."""

    title: str
    href: str | None


def show(screen: Screen, call: Call) -> Response:
    """What gives the field its value, for the record as it stands."""
    module = _module(call)
    field = module.field(call.path("field"))
    if field is None or field.key not in explained_fields(module):
        raise not_found()
    shown = [own_path(field), *_parent(module)]
    card = with_links(call, load(call, module, record_id(call), shown, deleted="any"))
    top = _top(call, card)
    with call.site.database.read() as connection:
        asking = Asking(connection, call.actor, call.moment, module.key, card.id)
        found = how_it_came(call.live.explainer, call.live.records, asking, field)
    if found is None:
        raise not_found()
    views = screen.views(call)
    view = {
        "title": _say(call, message("How {label} came about", label=field.label)),
        "record": card.title,
        "back": record_address(top.module.key, top.id),
        "in_dialog": call.is_partial,
        "value": views.of(field, card.values[field.key]),
        "last": _last(call, found),
        "causes": [_cause(call, views, module, cause) for cause in found.causes],
    }
    return screen.draw_part(call, "pages/explain.html", "view", {"view": view}, top.module.key)


def _module(call: Call) -> Module:
    """The module of the address; rows have no card, but their values came about all the same."""
    module = call.live.catalog.modules.get(call.path("module"))
    return module if module is not None and module.parent is not None else module_of(call)


def _parent(module: Module) -> list[Path]:
    return [own_path(module.record_fields["parent"])] if module.parent is not None else []


def _top(call: Call, card: Card) -> Card:
    """The record that a row belongs to in the end, whose rights it has; refuses what one may not read."""
    while card.module.parent is not None:
        parent = call.live.catalog.modules[card.module.parent]
        held = card.values["parent"]
        if not isinstance(held, Ref):
            raise not_found()
        card = load(call, parent, held.id, _parent(parent), deleted="any")
    return card


def addresses(module: Module, record: int) -> dict[str, str]:
    """Where it is told how a field came about, by field; without those that a person alone fills."""
    begins = record_address(module.key, record)
    return {key: f"{begins}/explain/{key}" for key in explained_fields(module)}


def explained(call: Call, views: Views, explanation: Explanation) -> dict[str, Any]:
    """An explanation as the template draws it: its parts in a table, those of the whole first."""
    trouble = TROUBLES.get(explanation.trouble)
    parts = list(explanation.whole.walk()) if explanation.whole is not None else []
    return {
        "text": explanation.expression.text,
        "trouble": _say(call, trouble) if trouble is not None else None,
        "value": _value(call, parts[0][1]) if parts else "",
        "parts": [
            _part(call, views, part, depth) for depth, part in parts if not (part.is_literal and depth)
        ],
    }


def _cause(call: Call, views: Views, module: Module, cause: Cause) -> dict[str, Any]:
    return {
        "kind": call.translate(KINDS[cause.kind]),
        "key": cause.key if cause.kind in ("formula", "rule") else "",
        "place": f"{cause.span.file}:{cause.span.line}",
        "source": line_address(cause.span.file, cause.span.line) if call.actor.admin else None,
        "moments": [_say(call, _moment(module, moment)) for moment in cause.moments],
        "holds": cause.holds,
        "when": explained(call, views, cause.when) if cause.when is not None else None,
        "value": explained(call, views, cause.value),
    }


def _moment(module: Module, moment: str) -> Message:
    field = module.field(moment)
    if field is not None and moment not in MOMENTS:
        return message("It runs when {label} changes.", label=field.label)
    return MOMENTS[moment]


def _part(call: Call, views: Views, part: Part, depth: int) -> dict[str, Any]:
    path = part.path
    label = ""
    if path is not None and path.text != "this":
        label = path_label(path, call.actor.language)
    return {
        "depth": min(depth, DEEPEST),
        "text": f"old.{part.text}" if part.before else part.text,
        "label": label,
        "hidden": part.hidden,
        "value": _value(call, part),
        "refs": [_link(call, ref) for ref in part.refs],
        "record": _link(call, part.record) if part.record is not None else None,
        "count": _count(call, part),
        "first": [_link(call, ref) for ref in part.reached.first] if part.reached is not None else (),
    }


def _value(call: Call, part: Part) -> str:
    return "" if part.refs else tell(part.value, part.type, call.formats, call.live.catalog.picklists)


def _count(call: Call, part: Part) -> str:
    if part.reached is None:
        return ""
    count = part.reached.count
    text = call.formats.integer(count.n) + ("+" if count.capped else "")
    return _say(call, message("Records: {count}", count=text))


def _link(call: Call, ref: Ref) -> Link:
    begins = cards_address(call.live.catalog, ref.module)
    return Link(ref.title, f"{begins}/{ref.id}" if begins is not None else None)


def _last(call: Call, found: HowItCame) -> str | None:
    if found.happening is None or found.step is None:
        return None
    who = found.happening.user.title if found.happening.user is not None else call.translate("The system")
    said = {"who": who, "when": call.formats.datetime(found.happening.at)}
    return _say(call, by_whom(COMPUTED if found.field.computed is not None else found.step.cause, said))


def by_whom(cause: str | None, said: dict[str, str]) -> Message:
    """A sentence on who, or what, gave a field its value when somebody saved."""
    if cause == DEFAULT:
        return message("It was filled in as its default when {who} saved on {when}.", **said)
    if cause == COMPUTED:
        return message("It was worked out when {who} saved on {when}.", **said)
    if cause is not None and cause.startswith(FORMULA):
        key = cause.removeprefix(FORMULA)
        return message("The formula {key} filled it when {who} saved on {when}.", key=key, **said)
    if cause is not None and cause.startswith(RULE):
        key = cause.removeprefix(RULE)
        return message("The rule {key} set it when {who} saved on {when}.", key=key, **said)
    return message("{who} wrote it on {when}.", **said)


def _say(call: Call, sentence: Message) -> str:
    return sentence.render(call.translate, call.actor.language)
