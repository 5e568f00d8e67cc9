"""What a form shows, requires and locks by its module's rules: as it is drawn, and while somebody types."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import JSONResponse, Response

from runtime.model.catalog import Module
from runtime.model.values import Ref
from runtime.records.change import Change
from runtime.records.choices import keys_of
from runtime.records.rule_states import RuleStates, rule_states
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.card import load, with_links
from runtime.web.pages.dialog import prefix_of
from runtime.web.pages.editing import FieldBlock, FormBlock, form_paths, is_given
from runtime.web.pages.form_view import FormView
from runtime.web.pages.reading import read
from runtime.web.pages.screen import Screen, record_id, written_module
from runtime.web.titles import ref_of


def of_new(screen: Screen, call: Call) -> Response:
    """The rules' answer for a new record as it is typed."""
    module = written_module(call, "create")
    states = _asked(call, module, _every_field(module), None, None)
    return _answer(screen, call, module, states, {})


def of_record(screen: Screen, call: Call) -> Response:
    """The rules' answer for a record as it is typed over."""
    module = written_module(call, "update")
    card = with_links(call, load(call, module, record_id(call), form_paths(call, module)))
    states = _asked(call, module, _every_field(module), card.id, card.values)
    return _answer(screen, call, module, states, card.values)


def states_of(
    call: Call,
    module: Module,
    blocks: Sequence[FormBlock],
    number: int | None,
    values: Mapping[str, Any],
    *,
    is_sent: bool,
) -> RuleStates:
    """The states of a form: of what was sent, or of what stands in it."""
    if not (has_any(module) or any(isinstance(block, FieldBlock) and block.part for block in blocks)):
        return RuleStates()
    if is_sent:
        return _asked(call, module, blocks, number, values if number is not None else None)
    return _states(call, Change(module.key, {} if number is not None else _plain(values), number))


def states_of_card(call: Call, module: Module, number: int) -> RuleStates:
    """The states of a record that is only looked at."""
    any_ = has_any(module) or module.dynamics.formulas
    return _states(call, Change(module.key, {}, number)) if any_ else RuleStates()


def has_any(module: Module) -> bool:
    """Whether a form of the module changes by what is typed."""
    dynamics = module.dynamics
    return bool(dynamics.rules or dynamics.required or dynamics.readonly)


def _asked(
    call: Call,
    module: Module,
    blocks: Sequence[FormBlock],
    number: int | None,
    old: Mapping[str, Any] | None,
) -> RuleStates:
    written = read(call, [_typed(call, block) for block in blocks if isinstance(block, FieldBlock)], old, {})
    return _states(call, Change(module.key, written.values, number))


def _states(call: Call, change: Change) -> RuleStates:
    with call.site.database.read() as connection:
        parsing = call.live.parsing(call.actor, "form")
        return rule_states(call.live.writer, connection, change, call.actor, parsing)


def _typed(call: Call, block: FieldBlock) -> FieldBlock:
    # Uploads are kept when the form is saved, and not while it is typed.
    fields = tuple(each for each in block.fields if not call.live.types[each.type].attaches)
    return replace(block, fields=fields)


def _every_field(module: Module) -> list[FormBlock]:
    return [FieldBlock("", 1, tuple(module.fields.values()))]


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    ids = {key: value.id if isinstance(value, Ref) else value for key, value in values.items()}
    return {key: value for key, value in ids.items() if value is not None and not isinstance(value, tuple)}


def _answer(
    screen: Screen, call: Call, module: Module, states: RuleStates, old: Mapping[str, Any]
) -> Response:
    return JSONResponse(
        {
            "hidden": sorted(states.hidden),
            "required": sorted(states.required),
            "readonly": sorted(states.readonly),
            "closed": sorted(states.closed),
            "limits": {key: sorted(values) for key, values in states.limits.items()},
            "values": dict(_controls(screen, call, module, states, old)),
        }
    )


def _controls(
    screen: Screen, call: Call, module: Module, states: RuleStates, old: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The fields that rules have just set, drawn as the form has them."""
    draw = screen.renderer.template("pages/parts/field.html", call.actor.language).module
    views = screen.views(call, prefix_of(call))
    for key, value in states.values.items():
        field, values, sent = module.fields[key], old, None
        if is_given(call, field) or key in states.readonly or "among" in field.settings:
            continue
        if "picklist" in field.settings:  # what may follow is told by what stands there
            sent = Form({key: list(keys_of(value)) or [""]})
        else:
            ref = ref_of(call, field.targets, str(value)) if field.targets and value else None
            values = {**old, key: ref if field.targets else value}
        view = FormView(call, views, values, sent=sent, states=states).control(field)
        yield key, str(draw.field(view))  # type: ignore[attr-defined]
