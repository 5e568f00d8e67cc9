"""Offering a new record at the end of a type-ahead, which begins with what was typed."""

from collections.abc import Sequence
from urllib.parse import urlencode

from runtime.base.messages import message
from runtime.web.door import Call
from runtime.web.titles import only_field

QUICK = "quick-"
"""What the ids of quick filters begin with: there nothing new is made."""


def offered(call: Call, targets: Sequence[str], typed: str) -> list[dict[str, str]]:
    """The ways to dialogs for a new record, one for each module of which the reader may make one."""
    if call.query("for").startswith(QUICK):
        return []
    return [_new(call, target, typed) for target in targets if _may_make(call, target)]


def _may_make(call: Call, target: str) -> bool:
    module = call.live.catalog.modules[target]
    is_own = not module.system and module.parent is None
    return is_own and call.live.judge.may(call.actor, target, "create").allowed


def _new(call: Call, target: str, typed: str) -> dict[str, str]:
    """A dialog that begins with what was typed, where that alone is the record's title."""
    module, language = call.live.catalog.modules[target], call.actor.language
    field = only_field(module)
    if field is None or not typed:
        label = message("New {label}…", label=module.label)
        return {"href": f"/app/{target}/create", "label": label.render(call.translate, language)}
    label = message('New {label} "{name}"…', label=module.label, name=typed)
    address = f"/app/{target}/create?{urlencode({field.key: typed})}"
    return {"href": address, "label": label.render(call.translate, language)}
