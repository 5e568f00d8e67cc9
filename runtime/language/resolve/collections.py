"""Resolves collections: the records that hang on a record, from relations with an inverse, links and rows."""

from dataclasses import replace
from types import MappingProxyType

from runtime.base.diagnostic import Span
from runtime.language.draft import Draft
from runtime.language.resolve.labels import Labels
from runtime.language.shape import Path
from runtime.model.catalog import Collection, Field, Module
from runtime.model.label import Label
from runtime.model.types import ListType


def resolve_collections(draft: Draft, labels: Labels) -> None:
    """Give each module of the draft its collections; rows first, then links, then what points at it."""
    made = _Collections(draft, labels)
    for module in list(draft.modules.values()):
        made.add_rows(module)
        made.add_links(module)
    for module in list(draft.modules.values()):
        made.add_inverses(module)
    for key, module in list(draft.modules.items()):
        draft.modules[key] = replace(module, collections=MappingProxyType(made.of[key]))


class _Collections:
    def __init__(self, draft: Draft, labels: Labels) -> None:
        self.draft = draft
        self.labels = labels
        self.of: dict[str, dict[str, Collection]] = {key: {} for key in draft.modules}

    def add_rows(self, module: Module) -> None:
        """The child records of a module."""
        tree = self.draft.trees["modules"][module.key]
        rows = tree.map("rows")
        for key, node in rows.maps() if rows else ():
            path = ("modules", module.key, "rows", key)
            target = self.draft.modules.get(node.text("module") or "")
            if target is None or (target.parent, target.parent_key) != (module.key, key):
                continue
            label = self.labels.of(path, node.get("label"), self._usual_label(key, target), (*path, "label"))
            self._add(
                Collection(key, module.key, "rows", target.key, "parent", label, self.draft.origin(node)),
                rows.keys[key].span if rows else Span.point("pack.yaml"),
                path,
            )

    def add_links(self, module: Module) -> None:
        """The module's own relations to many."""
        for field in module.fields.values():
            if isinstance(field.value_type, ListType) and field.type == "relations":
                collection = Collection(
                    field.key, module.key, "links", field.targets[0], field.key, field.label, field.origin
                )
                self.of[module.key][field.key] = collection

    def add_inverses(self, module: Module) -> None:
        """The other sides of a module's relations."""
        for field in module.fields.values():
            name = field.settings.get("inverse")
            if not isinstance(name, str):
                continue
            kind = "linked" if isinstance(field.value_type, ListType) else "inverse"
            path = ("modules", module.key, "fields", field.key, "inverse")
            for target in field.targets:
                label_path = ("modules", target, "inverse", name)
                label = self.labels.of(label_path, None, self._usual_label(name, module))
                collection = Collection(name, target, kind, module.key, field.key, label, field.origin)
                self._add(collection, self.draft.span(path), path)

    def _usual_label(self, key: str, target: Module) -> Label:
        """A collection that is called like its module has the module's plural."""
        return target.plural if key == target.key else Label.from_key(key)

    def _add(self, collection: Collection, span: Span, path: Path) -> None:
        taken = self.of[collection.module]
        module = self.draft.modules[collection.module]
        other = self._holder(module, collection.key, taken)
        if other:
            self.draft.note("collection", collection.key, span, path, (), f"{collection.module}|{other}")
            return
        taken[collection.key] = collection

    @staticmethod
    def _holder(module: Module, key: str, taken: dict[str, Collection]) -> str:
        """What has the name already, in words; '' when it is free."""
        field: Field | None = module.field(key)
        if field is not None:
            return f"the field {key}"
        if key in taken:
            other = taken[key]
            return f"the {'rows' if other.kind == 'rows' else 'records'} of {other.target}.{other.via}"
        return ""
