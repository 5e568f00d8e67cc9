"""The step `create`: make a record."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.model.workflow import CREATED, Effect
from runtime.steps.base import FIELDS, MODULE, ROWS, VALUES, Did, Doing, Setting, StepKind


class Create(StepKind):
    """Makes a record of any module, with rows where it has some: `create: {module: sales_orders, set:
    {account: =account}, rows: {items: {from: =items, set: {product: =product}}}}`. With `as:` beside it,
    later steps name the record. With `match: [name]`, one that is there already and has the same in these
    fields is taken instead, and stays as it is.
    """

    name = "create"
    title = message("Create a record")
    icon = "plus"
    right = "create"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "module": Setting(MODULE, "Of which module.", required=True),
            "set": Setting(VALUES, "What its fields get.", of="module"),
            "match": Setting(FIELDS, "By which fields one is found that is there already.", of="module"),
            "rows": Setting(ROWS, "Its rows, by the name that they have in it.", of="module"),
        }
    )
    gives = "module"

    def effects(self, stated: Mapping[str, Any], own: str) -> Iterator[Effect]:
        """See the base class."""
        if "module" in stated:
            yield Effect(stated["module"], CREATED, frozenset(stated.get("set", ())))
        for rows in stated.get("rows", {}).values():
            yield Effect(rows.module, CREATED, frozenset(key for each in rows.values for key in each))

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        keys = {key: given.get("set", {}).get(key) for key in given.get("match", ())}
        there = doing.find(given["module"], keys) if keys and None not in keys.values() else None
        if there is not None:
            return Did({"what": "found", "module": there.module, "id": there.id}, there)
        values = {**given.get("set", {}), **given.get("rows", {})}
        saved, what, _ = doing.save(given["module"], values)
        return Did({"what": what, "module": saved.module, "id": saved.id}, saved)
