"""Honest answers: beside the data stands which computed fields are not current in every record yet."""

from typing import Any

from runtime.model.catalog import Module
from runtime.web.api.endpoint import Call


def recomputing(call: Call, connection: Any, module: Module) -> dict[str, Any]:
    """``{"recomputing": ["won_total"]}`` where the background is still at work, or ended early; else
    nothing.
    """
    found = [each.field for each in call.live.stale.of(connection, module.key)]
    return {"recomputing": found} if found else {}
