"""Samples: a few lines of what a step makes of values, for whoever looks at a plan, on real records."""

LINES = 3
"""How many lines a step shows."""
EMPTY = "(empty)"
"""What stands for nothing."""
LONGEST = 60
"""How much of a long value is shown."""


def becomes(record: int, before: object, after: object) -> str:
    """``id 12: "Big" → "big"``; an empty value is said to be so."""
    return f"id {record}: {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    if value is None or value == "":
        return EMPTY
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
