"""The pattern of numbers, seen from the writer: which counter it takes from, and what a number says of
one.
"""

import re
from dataclasses import dataclass
from datetime import date

from runtime.fields.pattern import period


@dataclass(frozen=True, slots=True)
class Pattern:
    """A number's format, and when its count begins again."""

    format: str
    reset: str

    def counter(self, module: str, field: str, day: date) -> str:
        """The name of the counter that numbers are taken from on a day."""
        return f"number:{module}.{field}:{period(self.reset, day)}"

    def read(self, number: str) -> tuple[int, date] | None:
        """What a number that was given elsewhere counts, and a day of its period; None when it has another
        format.
        """
        found = re.fullmatch(self._expression(), number)
        if found is None:
            return None
        parts = found.groupdict()
        year = int(parts.get("YYYY") or 2000 + int(parts.get("YY") or 0))
        month = int(parts.get("MM") or 1)
        if not (year >= 1 and 1 <= month <= 12):
            return None
        return int(parts["seq"]), date(year, month, 1)

    def _expression(self) -> str:
        parts, seen = [], set()
        for text in re.split(r"(\{[^{}]*\})", self.format):
            token = text[1:-1].partition(":")[0] if text.startswith("{") else ""
            digits = {"seq": r"\d{1,15}", "YYYY": r"\d{4}", "YY": r"\d{2}", "MM": r"\d{2}"}.get(token)
            if digits is None:
                parts.append(re.escape(text))
            elif token in seen:
                parts.append(f"(?P={token})")
            else:
                seen.add(token)
                parts.append(f"(?P<{token}>{digits})")
        return "".join(parts)
