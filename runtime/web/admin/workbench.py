"""The formula workbench: an expression is tried on a record, and shows its type, value, SQL and errors."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from runtime.base.diagnostic import Diagnostic, Span
from runtime.base.messages import message, phrase
from runtime.expressions import Scope, dependencies
from runtime.expressions.completing import Completion, complete
from runtime.expressions.evaluation import BudgetError
from runtime.expressions.naming import named
from runtime.expressions.reading import LONGEST
from runtime.expressions.reference import FunctionPage
from runtime.expressions.warning import not_sql
from runtime.language.source import Source
from runtime.model.catalog import Expression, Module
from runtime.model.values import Ref
from runtime.records.explaining import Asking
from runtime.storage.limited import TooLongError, limited
from runtime.web.admin.diagnostics import view_of
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages import picker
from runtime.web.pages.explain import explained
from runtime.web.pages.screen import Screen
from runtime.web.views import FieldView, Option

SECONDS = 1.0
"""So long may the database work on what somebody has just typed."""
PLACES: Mapping[str, str] = {
    "filter": phrase("a filter, a right or another condition on records"),
    "computed": phrase("a computed field"),
    "saving": phrase("a formula, a rule or a check, while a record is saved"),
}
"""Where an expression may stand; what it may name depends on it."""


def show(screen: Screen, call: Call) -> Response:
    """The workbench, with the answer to what it holds."""
    module = _module(call)
    context = {
        "bench": {
            "module": module.key,
            "modules": _modules(call),
            "places": [
                Option(key, call.translate(text), None, key == _place(call)) for key, text in PLACES.items()
            ],
            "record": _picker(call, module),
            "text": _text(call),
            "longest": LONGEST,
            "answer": _answer(screen, call, module),
        },
        "admin_tabs": tabs(call, "workbench"),
    }
    return screen.draw(call, "admin/workbench.html", context)


def answer(screen: Screen, call: Call) -> Response:
    """What there is to say of the expression: the part of the page that follows the typing."""
    context = {"bench": {"answer": _answer(screen, call, _module(call))}}
    return screen.renderer.block("admin/workbench.html", "answer", call.actor.language, context)


def names(screen: Screen, call: Call) -> Response:
    """What may stand where the cursor is, and the page of the function that it is in."""
    module, written = _module(call), call.query("at")
    at = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    scope = _scope(call, module)
    found = complete(_text(call), at, scope, call.live.language.functions)
    context = {"found": found, "choices": _shown(call, found), "function": _page(call, found.function)}
    return screen.renderer.page("admin/workbench_names.html", call.actor.language, context)


def records(screen: Screen, call: Call) -> Response:
    """The records of a module that an expression may be tried on, rows of another too."""
    module = call.live.catalog.modules.get(call.path("module"))
    if module is None:
        raise not_found()
    return picker.offer(screen, call, module)


def _module(call: Call) -> Module:
    modules = call.live.catalog.modules
    key = call.query("module") or next(key for key, module in modules.items() if not module.system)
    if key not in modules:
        raise not_found()
    return modules[key]


def _modules(call: Call) -> list[Option]:
    chosen, language = _module(call).key, call.actor.language
    return [
        Option(
            module.key, f"{module.plural.in_language(language)} ({module.key})", None, module.key == chosen
        )
        for module in call.live.catalog.modules.values()
    ]


def _place(call: Call) -> str:
    place = call.query("place")
    return place if place in PLACES else "filter"


def _text(call: Call) -> str:
    return call.query("text").replace("\r\n", "\n")


def _scope(call: Call, module: Module) -> Scope:
    catalog, place = call.live.catalog, _place(call)
    return Scope(
        catalog.modules,
        catalog.picklists,
        module.key,
        constants=catalog.constants,
        language=call.actor.language,
        saving=place == "saving",
        personal=place != "computed",
    )


def _picker(call: Call, module: Module) -> FieldView:
    found = _record(call, module)
    return FieldView(
        "relation",
        name="record",
        id="record",
        label=call.translate("Record"),
        picker=f"/admin/workbench/records/{module.key}",
        value=found.id if found is not None else None,
        text=found.title if found is not None else "",
    )


def _record(call: Call, module: Module) -> Ref | None:
    written = call.query("record")
    if not (written.isascii() and written.isdigit() and len(written) < 19):
        return None
    with call.site.database.read() as connection:
        return call.live.refs.one(connection, (module.key,), int(written), call.actor, call.moment)


def _answer(screen: Screen, call: Call, module: Module) -> dict[str, Any]:
    text = _text(call)
    if not text.strip():
        return {"empty": True}
    source = Source("expression", text)

    def locate(start: int, end: int) -> Span:
        return source.span(start, max(end, start + 1))

    whole = locate(0, len(text))
    expression, found = call.live.language.parse(text, whole, _scope(call, module), locate=locate)
    told = {"empty": False, "found": [_finding(each, text) for each in found], "type": None}
    if expression is None:
        return told
    return told | {
        "type": named(expression.type),
        "value": _value(screen, call, module, expression),
        "sql": _sql(call, module, expression),
        "no_sql": _no_sql(call, expression),
    }


def _finding(found: Diagnostic, text: str) -> dict[str, Any]:
    return view_of(found, {"expression": text})


def _value(screen: Screen, call: Call, module: Module, expression: Expression) -> dict[str, Any] | None:
    """The value of each part, for the record that was chosen; None without one."""
    record = _record(call, module)
    if record is None:
        return None
    try:
        with call.site.database.read() as connection, limited(connection, SECONDS):
            asking = Asking(connection, call.actor, call.moment, module.key, record.id)
            explanation = call.live.explainer.explain(asking, expression)
    except TooLongError:
        return {"text": expression.text, "trouble": _too_long(call), "value": "", "parts": ()}
    return explained(call, screen.views(call), explanation)


def _too_long(call: Call) -> str:
    return message("It takes too long to work out.").render(call.translate, call.actor.language)


def _no_sql(call: Call, expression: Expression) -> str:
    """Why the database cannot work it out; '' where it can."""
    if dependencies(expression.tree).saving:
        return call.translate("It asks what a save changes: it is worked out in the save alone.")
    for finding in not_sql(expression.tree, call.live.language.functions):
        return finding.message
    return ""


def _sql(call: Call, module: Module, expression: Expression) -> str:
    if _no_sql(call, expression):
        return ""
    with call.site.database.read() as connection:
        try:
            return call.live.reader.shown_sql(connection, module.key, expression, call.moment)
        except BudgetError:
            return ""


def _shown(call: Call, found: Completion) -> list[dict[str, str]]:
    kinds = {
        "field": call.translate("field"),
        "records": call.translate("records"),
        "value": call.translate("value"),
        "attribute": call.translate("attribute"),
        "constant": call.translate("constant"),
        "word": call.translate("word"),
        "function": call.translate("function"),
    }
    return [
        {"text": each.text, "kind": kinds[each.kind], "about": each.about, "label": each.label}
        for each in found.choices
    ]


def _page(call: Call, name: str | None) -> FunctionPage | None:
    if name is None:
        return None
    return next((page for page in call.live.language.function_reference() if page.name == name), None)
