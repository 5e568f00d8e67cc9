"""Former names: what the change log and the runs kept by the names of their day, by those of now.

Their rows are never rewritten, however many there are: each knows the revision that it was written under, by
its change set or by itself, and what was renamed since is followed when it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from runtime.model.catalog import Catalog, Field
from runtime.model.renames import Renames


class FormerNames:
    """What was renamed since each revision, up to the one that is served."""

    def __init__(self, catalog: Catalog, renames: Sequence[tuple[int, Renames]] = ()) -> None:
        self._catalog = catalog
        self._since: list[tuple[int, Renames]] = []
        whole = Renames()
        for number, each in reversed(renames):
            whole = each.then(whole)
            self._since.append((number, whole))

    def since(self, revision: int | None) -> Renames | None:
        """What was renamed after a revision; None when nothing was."""
        found = None
        for number, renames in self._since:
            if revision is not None and number <= revision:
                break
            found = renames
        return found

    def now(self, entries: Iterable[Any]) -> list[Any]:
        """Rows of the change log, each with its ``revision_id``, by the names of now."""
        return [self._entry(entry) for entry in entries] if self._since else list(entries)

    def told(self, revision: int | None, module: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a save had told a run of a record of a module, by the names of now."""
        renames = self.since(revision)
        if renames is None:
            return inputs
        changed = [renames.field(module, key)[1] for key in inputs.get("changed", ())]
        old = self._keys(renames, module, inputs.get("old", {}), is_value=True)
        return {**inputs, "changed": changed, "old": old}

    def _entry(self, entry: Any) -> Any:
        renames = self.since(entry.revision_id)
        if renames is None:
            return entry
        known = dict(entry._mapping)
        was = known.get("module") or ""
        said = {
            part: self._keys(renames, was, known[part], is_value=part != "causes")
            for part in ("old", "new", "causes")
            if part in known
        }
        return SimpleNamespace(**{**known, **said, **({"module": renames.module(was)} if was else {})})

    def _keys(
        self, renames: Renames, was: str, found: Mapping[str, Any] | None, *, is_value: bool
    ) -> Mapping[str, Any] | None:
        if found is None:
            return None
        module = self._catalog.modules.get(renames.module(was))
        made: dict[str, Any] = {}
        for key, value in found.items():
            now = renames.field(was, key)[1]
            field = module.field(now) if module is not None else None
            made[now] = _value(renames, was, key, field, value) if is_value and field is not None else value
        return made


def _value(renames: Renames, module: str, key: str, field: Field, value: Any) -> Any:
    """A value as the log keeps it, by the names of now."""
    picklist = field.settings.get("picklist")
    if isinstance(picklist, str):
        if isinstance(value, list):
            return list(dict.fromkeys(renames.value(picklist, str(each)) for each in value))
        return renames.value(picklist, value) if isinstance(value, str) else value
    if isinstance(value, dict) and isinstance(value.get("module"), str):
        return {**value, "module": renames.module(value["module"])}
    attributes = field.settings.get("link")
    if isinstance(value, list) and attributes:
        return [_link(renames, module, key, attributes, each) for each in value]
    return value


def _link(renames: Renames, module: str, field: str, attributes: Mapping[str, Field], link: Any) -> Any:
    if not isinstance(link, dict):
        return link
    made: dict[str, Any] = {}
    for key, value in link.items():
        now = renames.attribute(module, field, key)
        attribute = attributes.get(now)
        made[now] = value if attribute is None else _value(renames, module, key, attribute, value)
    return made
