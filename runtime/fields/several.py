"""How several values come: a list in REST, repeated names in a form, one text in an import."""

import re
from collections.abc import Sequence

from runtime.fields.base import Parsing, refuse
from runtime.model.catalog import Field

MOST = 1000
"""How many values one field may hold."""

_SEPARATOR = re.compile(r"\s*(?:;| \|##\| )\s*")


def several(raw: object, field: Field, parsing: Parsing) -> Sequence[object]:
    """The single values that were written, not parsed yet; () when empty. A value alone is a list of one."""
    if raw is None:
        return ()
    if isinstance(raw, str):
        if not raw.strip():
            return ()
        items: Sequence[object] = (
            [part for part in _SEPARATOR.split(raw) if part.strip()] if parsing.door == "import" else (raw,)
        )
    elif isinstance(raw, list | tuple):
        items = raw
    else:
        items = (raw,)
    if parsing.door == "form":
        items = [item for item in items if item != ""]
    if len(items) > MOST:
        raise refuse(field, "{label} may have {max} values at most.", max=MOST)
    return items
