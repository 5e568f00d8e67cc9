"""Limits that became tighter: the values that stand and that they refuse, named with their records.

A record with such a value could not be saved any more as it is, so a change is refused that leaves some; a
rollback leaves them, and says so.
"""

from collections.abc import Iterator

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.compare import path_of
from runtime.change.converting import Part, Rehearsal
from runtime.change.converting_steps import listed
from runtime.change.sample import LINES, becomes
from runtime.change.situation import Situation
from runtime.change.step import Step, counted, nothing


def refuse_beyond(situation: Situation) -> Iterator[Diagnostic]:
    """The fields that hold values beyond their limits."""
    for part, found in _beyond(situation) if situation.back is None else ():
        field = part.field
        verb = "is" if found.failed == 1 else "are"
        said = (
            f"{found.failed:,} of {counted(found.filled, 'value')} of {field.key} {verb} beyond what it may"
        )
        yield Diagnostic(
            codes.LIMITS.name,
            f"{said} hold now: {listed(found)}",
            field.origin.span,
            path_of(field),
            f"say what becomes of them: convert: =…, in which {field.key} is the old value; change these"
            " records; or leave the limits as they were",
        )


def say_what_is_beyond(situation: Situation) -> Iterator[Step]:
    """What a rollback leaves although the limits of then refuse it."""
    for part, found in _beyond(situation) if situation.back is not None else ():
        field = part.field
        what = f"Leave the values of {field.module}.{field.key} that are beyond its limits of then."
        sample = tuple(
            f"{becomes(told.id, told.before, told.before)}: {told.after}" for told in found.failures
        )
        yield Step(what, nothing, field.origin.span, found.failed, sample=sample[:LINES])


def _beyond(situation: Situation) -> Iterator[tuple[Part, Rehearsal]]:
    return ((part, found) for part, found in situation.conversions.narrowed if found.failed)
