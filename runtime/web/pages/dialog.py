"""Dialogs over a page: what the controls of each begin with, and the answer that closes one."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from runtime.web import shell
from runtime.web.door import Call
from runtime.web.pages.screen import Screen

DEEPEST = 9
"""So many dialogs may stand upon each other."""


def number_of(call: Call) -> int:
    """Which dialog asks, counted from the page up; 0 where none does."""
    text = call.form.text("_dialog") or call.query("_dialog")
    return min(int(text), DEEPEST) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def prefix_of(call: Call) -> str:
    """What the ids in the dialog begin with, so that none is one of the page below."""
    number = number_of(call)
    return f"d{number}-" if number else ""


def done(
    screen: Screen,
    call: Call,
    kind: str,
    address: str = "",
    undo: int | None = None,
    said: Mapping[str, str] = shell.NOTHING,
    made: Mapping[str, Any] | None = None,
) -> Response:
    """An answer that closes the dialog and says what was done; ``made`` is a record that is new."""
    context = {
        "toast": shell.toast(call, kind, address, undo, said),
        "made": made,
        "csrf": call.session.csrf if call.session is not None else "",
    }
    return screen.renderer.page("pages/done.html", call.actor.language, context)
