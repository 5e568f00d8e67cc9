"""Patterns that values are held to: a part of regular expressions whose cost is known before any value comes.

Taken are letters, classes, groups, alternatives and repetitions. A pattern is refused where trying it on the
longest text could take more than a moment: the ways in which it can match are counted, and they are few.
"""

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from runtime.base.messages import message
from runtime.fields.base import InvalidValueError, refuse
from runtime.model.catalog import Field

ops: Any = import_module("re._constants")  # Python's own parser, which has no types to import
parser: Any = import_module("re._parser")

LONGEST = 200
"""Characters of a pattern."""
WAYS = 20_000_000
"""In how many ways a pattern may be tried on one text; some hundredths of a second of the processor."""
PATTERN: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST,
    "description": "A regular expression that the whole of it must match, such as [A-Z]{2}-[0-9]{4}.",
}
"""The setting ``pattern``."""

_PLAIN = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN, ops.AT)


class TooManyWaysError(ValueError):
    """A pattern has something that is not taken, or more ways to match than are tried."""


def check_pattern(settings: Mapping[str, Any], longest: int) -> None:
    """Refuses settings whose ``pattern`` is none, or takes too long on a text of ``longest`` characters."""
    pattern = settings.get("pattern")
    if pattern is None:
        return
    try:
        tree = parser.parse(pattern, re.ASCII)
        ways = _ways(tree, longest)
    except (re.error, OverflowError, RecursionError) as error:
        reason = message("{reason}", reason=getattr(error, "msg", "too large"))
        raise InvalidValueError(
            message(
                'The pattern "{pattern}" is no regular expression: {reason}.', pattern=pattern, reason=reason
            )
        ) from None
    except TooManyWaysError as error:
        raise InvalidValueError(message(str(error), pattern=pattern)) from None
    if ways > WAYS:
        raise InvalidValueError(
            message(
                'The pattern "{pattern}" can match in too many ways; say how often its parts may come.',
                pattern=pattern,
            )
        )


def hold_to_pattern(text: str | None, field: Field) -> None:
    """Refuses a text that the field's ``pattern`` does not match as a whole."""
    pattern = field.settings.get("pattern")
    if text is not None and pattern is not None and not re.fullmatch(pattern, text, re.ASCII):
        raise refuse(field, "{label} is not written as it must be: {pattern}.", pattern=pattern)


def _ways(parts: Iterable[tuple[Any, Any]], longest: int) -> int:
    """In how many ways a sequence can be tried."""
    total = 1
    for operation, argument in parts:
        total *= _ways_of(operation, argument, longest)
    return total


def _ways_of(operation: Any, argument: Any, longest: int) -> int:
    if operation in _PLAIN:
        return 1
    if operation is ops.SUBPATTERN:
        return _ways(argument[3], longest)
    if operation is ops.BRANCH:
        ways = [_ways(branch, longest) for branch in argument[1]]
        return max(ways) if _differ_at_once(argument[1]) else sum(ways)
    if operation in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        least, most, body = argument
        inner = _ways(body, longest)
        times = min(int(most), longest)
        if inner == 1:
            return times - min(int(least), times) + 1
        if most == ops.MAXREPEAT or times > 20:
            raise TooManyWaysError(
                'The pattern "{pattern}" repeats without end what repeats itself; say how often it may come.'
            )
        return int(inner**times) * (times - int(least) + 1)
    raise TooManyWaysError(
        'The pattern "{pattern}" has more than letters, classes, groups, alternatives and repetitions.'
    )


def _differ_at_once(branches: Iterable[Any]) -> bool:
    """Whether the first letter tells the branches apart."""
    firsts = [branch[0] if len(branch) else None for branch in branches]
    letters = {first[1] for first in firsts if first is not None and first[0] is ops.LITERAL}
    return len(letters) == len(firsts)
