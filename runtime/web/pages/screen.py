"""What every screen does: find its module, draw its template, or draw only the block that a request swaps."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from runtime.base.messages import message
from runtime.base.registry import Registry
from runtime.model.catalog import Module
from runtime.web import shell
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.errors import forbidden, not_found
from runtime.web.render import Renderer
from runtime.web.views import Views

if TYPE_CHECKING:
    from runtime.web.components.base import Component


UPLOADED = "files"
"""The module whose records are uploads."""
ADMINISTERED = ("users", "groups")
"""The modules that stand among the parts of the administration."""


class Screen:
    """Draws pages for calls. A screen is a function of this and of a call."""

    def __init__(self, renderer: Renderer, components: "Registry[Component]") -> None:
        self.renderer = renderer
        self.components = components

    def draw(
        self, call: Call, template: str, context: Mapping[str, Any], at: str = "", status: int = 200
    ) -> HTMLResponse:
        """A page inside its shell."""
        whole = {"shell": shell.build(call, at), **context}
        if at in ADMINISTERED and call.actor.admin:
            whole["admin_tabs"] = tabs(call, at)
        page = self.renderer.page(template, call.actor.language, whole, status)
        if getattr(call.request.state, "flash_shown", False):
            page.delete_cookie(shell.FLASH_COOKIE)
        return page

    def draw_part(
        self,
        call: Call,
        template: str,
        block: str,
        context: Mapping[str, Any],
        at: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        """One block of a page for a request that swaps only that, and the whole page for any other."""
        if not call.is_partial:
            return self.draw(call, template, context, at, status)
        part = {"shell": {"csrf": call.session.csrf if call.session is not None else ""}, **context}
        return self.renderer.block(template, block, call.actor.language, part, status)

    def views(self, call: Call, prefix: str = "") -> Views:
        """The maker of views for this reader; the ids of its controls begin with ``prefix``."""
        return Views(call.live, call.actor.language, call.formats, prefix)


def module_of(call: Call) -> Module:
    """The module that the address names; rows have no screens of their own."""
    module = call.live.catalog.modules.get(call.path("module"))
    if module is None or module.parent is not None or not may_open(call, module):
        raise not_found()
    return module


def written_module(call: Call, right: str) -> Module:
    """The module that the address names, where the reader has a right; refuses with 403 where not.

    A file is what was uploaded: nobody writes its record.
    """
    module = module_of(call)
    verdict = call.live.judge.may(call.actor, module.key, right)
    if not verdict.allowed:
        raise forbidden(verdict.reasons[0])
    if module.key == UPLOADED:
        raise forbidden(message("A file is made by an upload to a record, and is not changed afterwards."))
    return module


def is_written(call: Call, module: Module) -> bool:
    """Whether the reader may change records of a module; a file is what was uploaded."""
    return module.key != UPLOADED and call.live.judge.may(call.actor, module.key, "update").allowed


def may_open(call: Call, module: Module) -> bool:
    """Whether the judge lets this reader into a module at all."""
    return call.live.judge.may(call.actor, module.key, "read").allowed


def record_id(call: Call) -> int:
    """The id that the address names; one that no record could have is unknown."""
    number = int(call.path("id"))
    if number >= 1 << 63:
        raise not_found()
    return number
