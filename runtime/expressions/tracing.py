"""Tracing: an evaluation that remembers the value of every part, for whoever asks how a value came about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from runtime.expressions.evaluation import Evaluator, Plain
from runtime.expressions.tree import Aggregate, Node


@dataclass(frozen=True, slots=True)
class Traced:
    """A part of an expression and the value that it had; ``parts`` are those that were looked at for it.

    A part that was not needed (the other branch of a choice, what stands behind a false ``and``) is not among
    them. ``before`` says that it is the value that the record had before the save.
    """

    node: Node
    value: object
    parts: tuple["Traced", ...] = ()
    before: bool = False

    def walk(self) -> Iterator["Traced"]:
        """The part and every part below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Tracer(Evaluator):
    """The evaluator itself, writing down what it finds. Parts about each of several records are left out."""

    def trace(
        self, node: Node, record: Plain, outer: Plain | None = None, old: Plain | None = None
    ) -> Traced:
        """The value of a tree with the values of its parts; raises what :meth:`run` raises."""
        self._seen: list[Traced] = []
        self._several = 0
        self.run(node, record, outer, old)
        return self._seen[0]

    def _eval(self, node: Node) -> Any:
        if self._several:
            return super()._eval(node)
        around, self._seen = self._seen, []
        try:
            value = super()._eval(node)
            parts = tuple(self._seen)
        finally:
            self._seen = around
        around.append(Traced(node, value, parts))
        return value

    def _before(self, node: Any) -> object:
        value = super()._before(node)
        if not self._several:
            self._seen[-1] = replace(self._seen[-1], before=True)
        return value

    def _aggregate(self, node: Aggregate) -> object:
        self._several += 1
        try:
            return super()._aggregate(node)
        finally:
            self._several -= 1
