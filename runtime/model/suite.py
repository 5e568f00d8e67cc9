"""Suites: what a configuration must do, as its tests say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtime.base.diagnostic import Span
from runtime.model.outbound import Answer

if TYPE_CHECKING:
    from runtime.model.catalog import Expression

Value = object
"""A value as REST takes it, an expression behind an ``=``, or a list or a map of such."""


@dataclass(frozen=True, slots=True)
class Given:
    """A record by what the test calls it: one that is there before, or one that an action makes."""

    name: str
    module: str
    values: Mapping[str, Value]
    span: Span


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is done. ``kind`` is ``update``, ``create``, ``delete``, ``restore``, ``tool``, ``run``
    or ``advance``; ``record`` is what the test calls the record, and ``what`` the tool or the workflow.
    """

    kind: str
    span: Span
    record: str = ""
    module: str = ""
    what: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    time: timedelta = timedelta()
    as_who: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that must hold. ``kind`` is ``holds``, ``can``, ``cannot``, ``sees``, ``hides``, ``finds``,
    ``refused`` or ``mailed``; ``action`` is what one can or cannot do, ``fields`` what is seen, and ``names``
    the records that a filter finds.
    """

    kind: str
    span: Span
    text: str
    condition: "Expression | None" = None
    record: str = ""
    module: str = ""
    action: Action | None = None
    fields: Sequence[str] = ()
    names: Sequence[str] = ()
    what: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    as_who: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One test: the records that are given, who does what by which moment, and what must hold then."""

    name: str
    span: Span
    given: tuple[Given, ...]
    who: str
    at: datetime | None
    answers: tuple[Answer, ...]
    actions: tuple[Action, ...]
    then: tuple[Expectation, ...]
    modules: Mapping[str, str]
    """The records that it names, each with its module."""
