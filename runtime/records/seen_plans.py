"""The plans of the modules as somebody sees them: what they may not read has no name in an import's map."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from runtime.model.catalog import Catalog, Module
from runtime.records.plan import FieldPlan, ModulePlan, Plans


class SeenPlans(Plans):
    """Plans of a catalog that was narrowed to what somebody may read; to show, and not to write with."""

    def __init__(self, whole: Plans, seen: Catalog) -> None:
        super().__init__(whole.workplace)
        self._whole = whole
        self._seen = seen

    def get(self, key: str) -> ModulePlan | None:
        """The plan of a module, or None."""
        plan = self._plans.get(key)
        whole = self._whole.get(key)
        if plan is None and whole is not None:
            plan = self._plans[key] = _narrowed(whole, self._seen.modules[key])
        return plan


def seen_plans(whole: Plans, seen: Catalog) -> Plans:
    """The plans with only what this catalog has; all of them where it is the whole one."""
    return whole if seen is whole.workplace.catalog else SeenPlans(whole, seen)


def _narrowed(plan: ModulePlan, module: Module) -> ModulePlan:
    def kept(fields: Mapping[str, FieldPlan]) -> Mapping[str, FieldPlan]:
        found = {key: each for key, each in fields.items() if module.field(key) is not None}
        return MappingProxyType(found)

    return replace(
        plan, fields=kept(plan.fields), writable=kept(plan.writable), importable=kept(plan.importable)
    )
