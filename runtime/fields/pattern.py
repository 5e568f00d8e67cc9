"""The pattern of numbers that the program gives: ``POT-{YYYY}-{seq:5}``."""

import re
from datetime import date

RESETS = ("never", "year", "month")
"""When a count begins again."""

FORMAT = r"^[^{}]*\{[^{}]+\}.*$"
"""What an editor can check of a pattern; :func:`why_not_a_pattern` says the rest."""

_TOKEN = re.compile(r"\{([^{}]*)\}")
_SEQUENCE = re.compile(r"seq(?::([1-9]|1[0-8]))?")
_DATES = {"YYYY": "%Y", "YY": "%y", "MM": "%m"}


def why_not_a_pattern(pattern: str, reset: str) -> str | None:
    """The reason a pattern cannot number records, as a whole sentence; None when it can."""
    tokens = _TOKEN.findall(pattern)
    if "{" in _TOKEN.sub("", pattern) or "}" in _TOKEN.sub("", pattern):
        return "A brace in a number's format must belong to a token: {seq:5}, {YYYY}, {YY} or {MM}."
    sequences = [token for token in tokens if _SEQUENCE.fullmatch(token)]
    unknown = [token for token in tokens if token not in _DATES and token not in sequences]
    if unknown:
        known = "{seq}, {seq:5}, {YYYY}, {YY} and {MM}"
        return f"A number's format has no token {{{unknown[0]}}}; there are {known}."
    if len(sequences) != 1:
        return "A number's format has {seq} or {seq:5} once, or its numbers would not differ."
    if reset != "never" and not {"YYYY", "YY"} & set(tokens):
        return "A count that begins again needs {YYYY} or {YY} in its format, or a number would come twice."
    if reset == "month" and "MM" not in tokens:
        return "A count that begins again each month needs {MM} in its format, or a number would come twice."
    return None


def numbered(pattern: str, sequence: int, day: date) -> str:
    """The number that a pattern gives: ``POT-2026-00017``."""

    def part(token: re.Match[str]) -> str:
        found = _SEQUENCE.fullmatch(token[1])
        return f"{sequence:0{found[1] or 1}d}" if found else f"{day:{_DATES[token[1]]}}"

    return _TOKEN.sub(part, pattern)


def period(reset: str, day: date) -> str:
    """What one count belongs to: '' for ever, ``2026`` for a year, ``2026-11`` for a month."""
    return {"never": "", "year": f"{day:%Y}", "month": f"{day:%Y-%m}"}[reset]
