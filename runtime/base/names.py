"""Names: what a key may look like, and the names that nobody may take."""

import keyword
import re

KEY = re.compile(r"^[a-z][a-z0-9_]{0,47}$")
"""A key: snake_case, at most 48 characters, so that it fits a physical name on every database."""

RECORD_FIELDS = (
    "id",
    "number",
    "owner",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "archived_at",
    "deleted_at",
)
"""The fields every record has by itself."""

ROW_FIELDS = ("parent", "position")
"""The fields a row (a child record) has by itself, too; other modules may use these names."""

EXPRESSION_NAMES = ("this", "old", "user", "const", "none", "true", "false", "is_new")
"""Names that mean something in every expression."""

REST_PARAMETERS = (
    "where",
    "filter",
    "sort",
    "fields",
    "include",
    "limit",
    "after",
    "count",
    "group",
    "value",
)
"""The parameters of a list in REST, which its address and the screens' share."""

RESERVED = frozenset(RECORD_FIELDS + EXPRESSION_NAMES + REST_PARAMETERS)
"""What no field may be called, in any module."""


def why_not_a_key(name: str) -> str | None:
    """The reason a text cannot be a key, as a whole sentence; None when it can."""
    if not KEY.match(name):
        return "A key is snake_case: it starts with a letter a-z, and has only a-z, 0-9 and _, 48 at most."
    if keyword.iskeyword(name):
        return f'"{name}" is a keyword of the expression language.'
    return None


def why_not_a_field_key(name: str) -> str | None:
    """Like :func:`why_not_a_key`, and the reserved names are refused too."""
    if name in RESERVED:
        return f'"{name}" is reserved: the runtime uses it itself.'
    return why_not_a_key(name)
