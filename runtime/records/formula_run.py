"""Running formulas over records that stand: which module, which of its records, which formulas besides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from runtime.base.messages import Message, message
from runtime.base.suggest import suggest
from runtime.model.catalog import Catalog, Expression, Module


class Snapshot(Protocol):
    """The parts of a snapshot that say what is asked for; :class:`runtime.sites.live.Live` has them."""

    @property
    def catalog(self) -> Catalog:
        """The configuration."""
        ...

    @property
    def condition(self) -> Callable[[Module, str], Expression]:
        """Reads a condition that a user gives."""
        ...


class NotRunError(Exception):
    """Formulas that cannot be run; the message tells the reader why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FormulaRun:
    """What is to be run. Each record is saved as it stands, so that every formula of the moment ``save``
    runs; those of ``only`` run besides, whatever their moments.
    """

    module: Module
    where: tuple[Expression, ...]
    only: frozenset[str]

    @classmethod
    def of(cls, live: Snapshot, module: str, where: str, only: Sequence[str]) -> "FormulaRun":
        """What was asked for; raises :class:`NotRunError`, and what the snapshot raises for a condition."""
        found = live.catalog.modules.get(module)
        if found is None:
            raise NotRunError(_no_module(module, list(live.catalog.modules)))
        filling = [one for one in found.dynamics.formulas if one.value is not None and not one.rule]
        known = [one.key for one in filling if not one.computed]
        for key in only:
            if key not in known:
                raise NotRunError(_no_formula(key, known))
        if not filling:
            raise NotRunError(message('The module "{module}" has no formulas.', module=module))
        conditions = (live.condition(found, where),) if where else ()
        return cls(found, conditions, frozenset(only))


def _no_module(name: str, known: Sequence[str]) -> Message:
    near = suggest(name[:100], known)
    if near:
        return message('There is no module "{name}". Did you mean "{near}"?', name=name[:100], near=near)
    return message('There is no module "{module}".', module=name[:100])


def _no_formula(name: str, known: Sequence[str]) -> Message:
    near = suggest(name[:100], known)
    if near:
        return message('There is no formula "{name}". Did you mean "{near}"?', name=name[:100], near=near)
    return message('There is no formula "{name}".', name=name[:100])
