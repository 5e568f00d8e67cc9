"""What a form shows, requires and locks by its module's rules: as it is drawn, and while somebody types."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response

from runtime.model.catalog import Field, Module
from runtime.model.values import Pointer, Ref
from runtime.records.approval_lock import locking
from runtime.records.change import Change
from runtime.records.choices import keys_of
from runtime.records.rule_states import RuleStates, follows, rule_states
from runtime.records.writing_rights import has_conditions
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
    in_parts = any(isinstance(block, FieldBlock) and block.part for block in blocks)
    if not (in_parts or has_any(call, module) or locking(call.live.catalog, module.key)):
        return RuleStates()
    if is_sent:
        return _asked(call, module, blocks, number, values if number is not None else None)
    return _states(call, Change(module.key, {} if number is not None else _plain(values), number))


def states_of_card(call: Call, module: Module, number: int) -> RuleStates:
    """The states of a record that is only looked at."""
    any_ = has_any(call, module) or module.dynamics.formulas or locking(call.live.catalog, module.key)
    return _states(call, Change(module.key, {}, number)) if any_ else RuleStates()


def has_any(call: Call, module: Module) -> bool:
    """Whether a form of the module changes by what is typed, in its rows too."""
    modules = call.live.catalog.modules
    plan = call.live.writer.plans[module.key]
    return (
        follows(module)
        or any(follows(modules[rows.target]) for rows in module.rows())
        or has_conditions(call.live.judge, call.actor, plan)
    )


def _asked(
    call: Call,
    module: Module,
    blocks: Sequence[FormBlock],
    number: int | None,
    old: Mapping[str, Any] | None,
) -> RuleStates:
    written = read(call, _followed(call, blocks), old, {}, asking=True)
    return _states(call, Change(module.key, written.values, number))


def _states(call: Call, change: Change) -> RuleStates:
    with call.site.database.read() as connection:
        parsing = call.live.parsing(call.actor, "form")
        return rule_states(call.live.writer, connection, change, call.actor, parsing)


def _followed(call: Call, blocks: Sequence[FormBlock]) -> list[FormBlock]:
    # Of the rows those whose own rules follow what is typed.
    modules = call.live.catalog.modules
    return [each for each in blocks if isinstance(each, FieldBlock) or follows(modules[each.target])]


def _every_field(module: Module) -> list[FormBlock]:
    return [FieldBlock("", 1, tuple(module.fields.values())), *module.rows()]


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    ids = {key: value.id if isinstance(value, Ref) else value for key, value in values.items()}
    return {key: value for key, value in ids.items() if value is not None and not isinstance(value, tuple)}


def _answer(
    screen: Screen, call: Call, module: Module, states: RuleStates, old: Mapping[str, Any]
) -> Response:
    named = {"": states, **_rows(call, module, states)}
    return JSONResponse(
        {
            "hidden": _names(named, "hidden"),
            "required": _names(named, "required"),
            "readonly": _names(named, "readonly"),
            "closed": sorted(states.closed),
            "limits": {
                place + key: sorted(values)
                for place, each in named.items()
                for key, values in each.limits.items()
            },
            "values": {
                name: html
                for place, each in named.items()
                for name, html in _controls(screen, call, _module(call, module, place), each, old, place)
            },
        }
    )


def _rows(call: Call, module: Module, states: RuleStates) -> dict[str, RuleStates]:
    """The states of rows, by what the names of their controls begin with."""
    return {
        f"{rows.key}.{name}.": states.row(rows.key, place)
        for rows in module.rows()
        if rows.key in states.rows
        for place, name in enumerate(call.form.rows(rows.key))
    }


def _module(call: Call, module: Module, place: str) -> Module:
    rows = place.partition(".")[0]
    return call.live.catalog.modules[module.collections[rows].target] if rows else module


def _names(named: Mapping[str, RuleStates], of: str) -> list[str]:
    return sorted(place + key for place, each in named.items() for key in getattr(each, of))


def _controls(
    screen: Screen, call: Call, module: Module, states: RuleStates, old: Mapping[str, Any], place: str
) -> Iterator[tuple[str, str]]:
    """The fields that rules have just set, drawn as the form has them."""
    draw = screen.renderer.template("pages/parts/field.html", call.actor.language).module
    views = screen.views(call, prefix_of(call))
    for key, value in states.values.items():
        field, sent = module.fields[key], None
        values: Mapping[str, Any] = {**({} if place else old), key: _shown(call, field, value)}
        if is_given(call, field) or key in states.readonly:
            continue
        if "picklist" in field.settings:  # what may follow is told by what stands there
            sent, values = Form({key: list(keys_of(value)) or [""]}), {} if place else old
        form = FormView(call, views, values, sent=sent, states=states)
        view = form.row_control(field, place) if place else form.control(field)
        yield place + key, str(draw.field(view, bool(place)))  # type: ignore[attr-defined]


def _shown(call: Call, field: Field, value: Any) -> Any:
    if isinstance(value, Pointer):
        return ref_of(call, (value.module,), str(value.id))
    return ref_of(call, field.targets, str(value)) if field.targets and value else value
