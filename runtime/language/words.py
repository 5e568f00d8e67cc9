"""Words for messages: a value in short, a near name, a list of names."""

from collections.abc import Collection, Iterable

from runtime.base.suggest import did_you_mean

LONGEST = 60
"""How much of a written value a message repeats."""


def shown(value: object) -> str:
    """A written value as a message repeats it: quoted when it is a text, cut when it is long."""
    if isinstance(value, str):
        return f'"{value if len(value) <= LONGEST else value[:LONGEST] + "…"}"'
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return str(value)


def near(written: str, known: Iterable[str]) -> str:
    """``did you mean "stage"?``, or nothing; a very long text is not compared."""
    return did_you_mean(written, known) if len(written) <= LONGEST else ""


def names(known: Collection[str], most: int = 12) -> str:
    """Some names, separated by commas."""
    if not known:
        return "none"
    listed = list(known)[:most]
    return ", ".join(listed) + (", …" if len(known) > most else "")
