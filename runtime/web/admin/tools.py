"""Tools on the admin pages: where the buttons stand, who has them, and each drawn beside its YAML."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from runtime.base.messages import phrase
from runtime.model.catalog import Field
from runtime.model.tool import CARD, LIST, Tool
from runtime.storage.runs import DONE, FAILED, Runs
from runtime.web.admin.drawn import Head, drawn, part_of_text
from runtime.web.admin.source import place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import not_found
from runtime.web.pages.screen import Screen

Part = dict[str, Any]

ADDRESS = "/admin/tools"
RECENT = timedelta(days=7)

PLACES: Mapping[str, str] = {CARD: phrase("On the card"), LIST: phrase("On the list, for what is selected")}


def show(screen: Screen, call: Call) -> Response:
    """Every tool: of which records, where its button stands, and how it went lately."""
    counts = _counts(call)
    rows = [_row(call, tool, counts) for tool in _tools(call)]
    return screen.draw(call, "admin/tools.html", {"tools": rows, "admin_tabs": tabs(call, "workflows")})


def show_one(screen: Screen, call: Call) -> Response:
    """One tool, drawn, with its text beside it."""
    tool = next((each for each in _tools(call) if _name(each) == call.path("key")), None)
    if tool is None:
        raise not_found()
    context = {
        "tool": {
            **_row(call, tool, _counts(call)),
            "flow": drawn(call, tool.procedure, _heads(call, tool)),
            "texts": part_of_text(call, f"schemas/tools/{tool.module}.yaml", tool.key),
        },
        "admin_tabs": tabs(call, "workflows"),
    }
    return screen.draw(call, "admin/tool.html", context)


def _tools(call: Call) -> Iterator[Tool]:
    for tools in call.live.catalog.tools.values():
        yield from tools.values()


def _name(tool: Tool) -> str:
    return f"{tool.module}.{tool.key}"


def _counts(call: Call) -> Mapping[tuple[str, str], int]:
    with call.site.database.read() as connection:
        return Runs(call.site.clock).counts(connection, call.site.clock.now() - RECENT)


def _row(call: Call, tool: Tool, counts: Mapping[tuple[str, str], int]) -> Part:
    language, procedure = call.actor.language, tool.procedure.key
    return {
        "key": _name(tool),
        "label": tool.label.in_language(language),
        "icon": tool.icon,
        "href": f"{ADDRESS}/{_name(tool)}",
        "module": call.live.catalog.modules[tool.module].plural.in_language(language),
        "places": [call.translate(PLACES[each]) for each in tool.on],
        "show": tool.show.text if tool.show is not None else "",
        "done": call.formats.integer(counts.get((procedure, DONE), 0)),
        "failed": counts.get((procedure, FAILED), 0),
        "runs": f"/admin/runs?workflow={procedure}",
        "at": place_of(tool.origin),
        "source": source_address(tool.origin),
    }


def _heads(call: Call, tool: Tool) -> Iterable[Head]:
    """Where the button stands, who has it, and what it asks first."""
    language = call.actor.language
    yield Head("bolt", call.translate("Its button"), [call.translate(PLACES[each]) for each in tool.on])
    yield Head(
        "eye", call.translate("It is shown when this holds"), (), [tool.show.text] if tool.show else []
    )
    yield Head("user", call.translate("Whose rights"), [_rights(call, tool)])
    confirm = [tool.confirm.in_language(language)] if tool.confirm is not None else []
    yield Head("help-circle", call.translate("It asks first"), [*confirm, *_inputs(call, tool)])


def _rights(call: Call, tool: Tool) -> str:
    if not tool.procedure.as_causer:
        return call.translate("It works with the rights of the CRM itself.")
    return call.translate(
        "It works with the rights of whoever uses it; who may not do its steps has no button."
    )


def _inputs(call: Call, tool: Tool) -> Iterator[str]:
    for key, field in tool.inputs.items():
        given = tool.defaults.get(key)
        yield _input(call, field) + (f" ({given.text})" if given is not None else "")


def _input(call: Call, field: Field) -> str:
    label = field.label.in_language(call.actor.language)
    return call.translate("{label}, required").format(label=label) if field.required else label
