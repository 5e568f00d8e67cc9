"""The change log: who changed what, when, by which door, and how long each value was in force."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta

from runtime.base.messages import phrase
from runtime.model.catalog import Block, Field
from runtime.records.filling import COMPUTED, DEFAULT, FORMULA, RULE
from runtime.records.read import Happening, Step
from runtime.records.sharing_log import ACTIONS, With
from runtime.web.components.base import Component, Place
from runtime.web.door import ACTING, Call
from runtime.web.sharing_words import OF_RECORD, WITH

SHOWN = 50
ICONS: Mapping[str, str] = {
    "created": "plus",
    "updated": "pencil",
    "changed": "refresh",
    "deleted": "trash",
    "restored": "restore",
    "shared": "user-plus",
    "unshared": "user-plus",
}
WORDS: Mapping[str, str] = {
    "created": phrase("Created"),
    "updated": phrase("Changed"),
    "changed": phrase("Recomputed"),
    "deleted": phrase("Deleted"),
    "restored": phrase("Restored"),
    "shared": phrase("Shared with {name}"),
    "unshared": phrase("Shared no more with {name}"),
}
DOORS: Mapping[str, str] = {
    "form": "",
    "rest": phrase("REST"),
    "import": phrase("import"),
    "undo": phrase("undo"),
    "cli": phrase("command line"),
    "recompute": "",
    "system": phrase("system"),
    "change": phrase("change of the configuration"),
    "formulas": phrase("run of formulas"),
}


NOT_UNDONE = ("created", "changed", *ACTIONS)
"""What no button beside it takes back."""


class ChangeLog(Component):
    """The history of a record and of its rows, newest first."""

    name = "change_log"

    def draw(self, place: Place, block: Block) -> dict[str, Any]:
        """The latest entries."""
        call, card = place.call, place.card
        may_undo = place.may_update
        with call.site.database.read() as connection:
            found = call.live.records.history(connection, call.actor, call.moment, card.module.key, card.id)
            behind = {_behind(each) for each in found} - {0}
            names = call.live.reader.titles(connection, "users", sorted(behind)) if behind else {}
            others = _others(call, connection, found)
        return {
            "kind": "change_log",
            "key": block.key,
            "label": place.label(block) or call.translate("Change log"),
            "entries": [self._entry(place, each, may_undo, names, others) for each in _told(found)[:SHOWN]],
            "pager": None,
        }

    def _entry(
        self,
        place: Place,
        happening: Happening,
        may_undo: bool,
        names: Mapping[int, str],
        others: Mapping[int, str],
    ) -> dict[str, Any]:
        call = place.call
        what = call.translate(WORDS.get(happening.action, happening.action))
        if happening.module != place.card.module.key:
            row = call.live.catalog.modules.get(happening.module)
            what = f"{what}: {row.label.in_language(call.actor.language) if row else happening.module}"
        if happening.shared is not None:
            what = _shared(call, what, happening.shared, others)
        return {
            "icon": ICONS.get(happening.action, "history"),
            "what": what,
            "who": _who(call, happening, names),
            "at": happening.at.isoformat(),
            "when": call.formats.datetime(happening.at),
            "door": call.translate(DOORS.get(happening.door, happening.door))
            if DOORS.get(happening.door, "x")
            else "",
            "record": happening.record_id,
            "undone": happening.undone,
            "undo": f"/undo/{happening.change_set}"
            if may_undo and not happening.undone and happening.action not in NOT_UNDONE
            else None,
            "changes": [
                self._change(place, happening, step) for step in happening.steps if step.key != "parent"
            ],
        }

    def _change(self, place: Place, happening: Happening, step: Step) -> dict[str, Any]:
        language = place.call.actor.language
        return {
            "label": step.field.label.in_language(language) if step.field is not None else step.key,
            "old": None if happening.action == "created" else _text(place, step.field, step.old),
            "new": _text(place, step.field, step.new),
            "lasted": _lasted(place, step.held),
            "cause": _cause(place, step),
        }


def _others(call: Call, connection: Any, found: Iterable[Happening]) -> dict[int, str]:
    """What those are called with whom the record was shared by hand."""
    named: dict[int, str] = {}
    for module in WITH:
        ids = {each.shared.id for each in found if each.shared is not None and each.shared.module == module}
        named |= call.live.reader.titles(connection, module, sorted(ids), call.moment) if ids else {}
    return named


def _shared(call: Call, what: str, shared: With, others: Mapping[int, str]) -> str:
    told = what.format(name=others.get(shared.id) or call.translate("Somebody who is gone"))
    return f"{told}: {call.translate(OF_RECORD[shared.level])}" if shared.level in OF_RECORD else told


def _behind(happening: Happening) -> int:
    """The administrator who acted as the user; 0 where the user did it in person."""
    given = (happening.cause or "").removeprefix(ACTING)
    return int(given) if (happening.cause or "").startswith(ACTING) and given.isdecimal() else 0


def _who(call: Call, happening: Happening, names: Mapping[int, str]) -> str:
    who = happening.user.title if happening.user is not None else call.translate("The system")
    admin = names.get(_behind(happening))
    return call.translate("{name}, by {admin}").format(name=who, admin=admin) if admin else who


def _cause(place: Place, step: Step) -> str | None:
    """What filled the field, where nobody did by hand."""
    if step.cause == COMPUTED or (step.field is not None and step.field.computed is not None):
        return place.call.translate("worked out")
    if step.cause == DEFAULT:
        return place.call.translate("by its default")
    if step.cause is not None and step.cause.startswith(FORMULA):
        key = step.cause.removeprefix(FORMULA)
        return place.call.translate("by the formula {key}").format(key=key)
    if step.cause is not None and step.cause.startswith(RULE):
        return place.call.translate("by the rule {key}").format(key=step.cause.removeprefix(RULE))
    return None


def _text(place: Place, field: Field | None, value: Any) -> str:
    if value is None:
        return ""
    return place.views.text(field, value) if field is not None else str(value)


def _lasted(place: Place, held: timedelta | None) -> str | None:
    if held is None:
        return None
    text = format_timedelta(held, locale=place.call.actor.language.replace("-", "_"))
    return place.call.translate("after {time}").format(time=text)


def _told(found: list[Happening]) -> list[Happening]:
    """Without the entries of a record that was only saved with its rows: theirs say what changed."""
    return [happening for happening in found if happening.steps or happening.action != "updated"]
