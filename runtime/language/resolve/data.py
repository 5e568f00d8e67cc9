"""Resolves the records to start with: their fields, their values, whom they point at, and their order."""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from runtime.base.diagnostic import Diagnostic, Span
from runtime.fields.base import InvalidValueError, Parsing
from runtime.fields.formats import Formats
from runtime.language import later
from runtime.language.draft import Draft
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.resolve.order import in_order
from runtime.language.shape import Path, dotted
from runtime.model.catalog import Collection, Field, Module, Origin, StartRecord
from runtime.model.types import PicklistType
from runtime.model.uses import Thing

PART = re.compile(r"[^;]+")
"""One of several values in a cell of a table."""


def resolve_data(draft: Draft) -> None:
    """Fill the draft's data."""
    draft.data = _Data(draft).records()


class _Data:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        pack = draft.pack
        # Nobody's language has a say in what a pack's file means: decimals have a point.
        self.parsing = {
            is_table: Parsing(
                "import" if is_table else "rest",
                Formats("en", pack.timezone),
                ZoneInfo(pack.timezone),
                pack.currency,
                draft.picklists,
                decimal="." if is_table else None,
                types=draft.types,
            )
            for is_table in (False, True)
        }
        self.numbers: dict[str, dict[str, int]] = {}
        self.points_at: dict[int, set[int]] = {}
        self.needs: dict[int, set[int]] = {}
        self.told: set[int] = set()
        self.named: set[Thing] = set()

    def records(self) -> tuple[StartRecord, ...]:
        """Every record, in order."""
        written = [
            (module, key, node, tree.keys[key])
            for module, tree in self._modules()
            for key, node in tree.maps()
        ]
        for number, (module, key, _, _) in enumerate(written, 1):
            self.numbers.setdefault(module.key, {})[key] = number
            self.points_at[number], self.needs[number] = set(), set()
        made = {number: self._record(number, *parts) for number, parts in enumerate(written, 1)}
        order, stuck = in_order(self.points_at, self.needs)
        for number in stuck:
            _, key, _, at = written[number - 1]
            path = ("data", made[number].module, key)
            about = "It needs a record that needs this one first, along required relations."
            self.draft.note("start_value", key, at, path, (), about)
        return tuple(made[number] for number in order)

    def _modules(self) -> Iterator[tuple[Module, MapNode]]:
        """The files of data, each with its module; those that can have none are noted."""
        draft = self.draft
        for key, tree in draft.trees.get("data", {}).items():
            module = draft.modules.get(key)
            at, path = Span.point(tree.source.name), ("data", key)
            if module is None:
                if not draft.is_written("modules", key):
                    draft.note("module_of_file", key, at, path, list(draft.files["modules"]))
            elif module.system:
                draft.note("start_module", key, at, path)
            elif module.parent is not None:
                draft.note("start_module", key, at, path, (), f"{module.parent}.{module.parent_key}")
            else:
                yield module, tree

    def _record(self, number: int, module: Module, key: str, node: MapNode, at: Scalar) -> StartRecord:
        values = self._values(module, node, at, ("data", module.key, key), number)
        return StartRecord(
            number,
            module.key,
            MappingProxyType(values),
            frozenset(self.points_at[number]),
            Origin(node.source.layer, at.span),
            MappingProxyType({name: item.span for name, item in node.items.items()}),
        )

    def _values(
        self, module: Module, node: MapNode, at: Node, path: Path, number: int, *, is_row: bool = False
    ) -> dict[str, object]:
        """The canonical values of a record or a row; what does not fit is noted."""
        draft = self.draft
        values: dict[str, object] = {}
        rows = {collection.key: collection for collection in module.rows()}
        for key, item in node.items.items():
            here = (*path, key)
            field = module.field(key)
            if key in rows:
                values[key] = self._rows(rows[key], item, here, number)
            elif field is None:
                self._report_unknown(module, node.keys[key], list(rows), here)
            elif self._is_given(field):
                self._refuse(field, item, here, f"{field.label} is read-only.")
            else:
                found = len(draft.facts) + len(draft.found)
                value = self._value(field, item, here, number, is_needed=field.required and not is_row)
                if value not in (None, ()):
                    values[key] = value
                    self._mention(field, value, item, here)
                elif field.required and found == len(draft.facts) + len(draft.found):
                    self._refuse(field, item, here, f"{field.label} is required.")
        for field in module.fields.values():
            is_given = field.default not in (None, ()) or field.key in module.dynamics.filled
            is_missing = field.required and not is_given and field.key not in node.items
            if is_missing and not self._is_given(field):
                self._refuse(field, at, path, f"{field.label} is required.")
        return values

    def _mention(self, field: Field, value: object, node: Node, path: Path) -> None:
        # The first place will do: a table has thousands.
        things = [Thing("field", f"{field.module}.{field.key}")]
        if isinstance(field.value_type, PicklistType):
            things.append(Thing("value", f"{field.value_type.picklist}.{value}"))
        for thing in things:
            if thing not in self.named:
                self.named.add(thing)
                self.draft.mention(path, node, thing, "writes" if thing.kind == "field" else "names")

    def _report_unknown(self, module: Module, key: Scalar, rows: list[str], path: Path) -> None:
        # The name of a table's column is one node, whatever the line.
        if id(key) not in self.told and not self.draft.is_broken("modules", module.key, "fields", key.text):
            self.told.add(id(key))
            known = [field.key for field in module.fields.values() if not self._is_given(field)]
            self.draft.note("field", key.text, key, path, [*known, *rows], f"{module.key} has")

    def _is_given(self, field: Field) -> bool:
        """Whether its values are not for a pack to write."""
        if field.key == "owner":
            return False
        is_own = field.key in self.draft.modules[field.module].record_fields
        return is_own or field.readonly or self.draft.types[field.type].given

    def _refuse(self, field: Field, at: Node, path: Path, why: str) -> None:
        self.draft.note("start_value", field.key, at, path, (), why)

    def _rows(self, collection: Collection, node: Node, path: Path, number: int) -> tuple[object, ...]:
        module = self.draft.modules.get(collection.target)
        rows = node.items if isinstance(node, ListNode) else [node]
        found: list[object] = []
        for place, row in enumerate(rows):
            here = (*path, str(place))
            if not isinstance(row, MapNode):
                about = "Rows are a list of maps, in a YAML file."
                self.draft.note("start_value", collection.key, row, here, (), about)
            elif module is not None:
                values = self._values(module, row, row, here, number, is_row=True)
                found.append(MappingProxyType(values))
        return tuple(found)

    def _value(self, field: Field, node: Node, path: Path, number: int, *, is_needed: bool) -> object:
        """The canonical value; None when there is none, or it is noted what is wrong."""
        raw: object = node.plain
        if field.targets:
            raw = self._pointing(field, node, path, number, is_needed=is_needed)
        elif isinstance(raw, str) and raw.startswith("="):
            message = f'an = expression in "{field.key}" is not there yet: {later.FEATURES["N107"]}'
            self.draft.found.append(Diagnostic("N107", message, node.span, dotted(path), later.HELP))
            return None
        try:
            return self.draft.types[field.type].parse(raw, field, self.parsing[node.source.is_table])
        except InvalidValueError as error:
            self._refuse(field, node, path, str(error))
            return None

    def _pointing(self, field: Field, node: Node, path: Path, number: int, *, is_needed: bool) -> object:
        """The value of a field that points at records, with their numbers; None when one is not there."""
        is_list = self.draft.types[field.type].linked
        items: Sequence[Node] = [node]
        if is_list and isinstance(node, ListNode):
            items = node.items
        elif is_list and isinstance(node, Scalar) and node.source.is_table:
            items = list(_parts(node))
        found: list[object] = []
        for item in items:
            at = item.items.get("id", item) if isinstance(item, MapNode) else item
            other = self._number(field, at, path)
            if other is None:
                return None
            self.points_at[number].add(other)
            if is_needed:
                self.needs[number].add(other)
            plain = item.plain
            found.append({**plain, "id": other} if isinstance(plain, dict) else other)
        return found if is_list else found[0]

    def _number(self, field: Field, node: Node, path: Path) -> int | None:
        """The number of the record that ``=acme`` or ``=accounts.acme`` names; None when it is noted why
        there is none.
        """
        targets = " or ".join(field.targets)
        if all(self.draft.modules[target].system for target in field.targets if target in self.draft.modules):
            self._refuse(field, node, path, f"It points at {targets}, and the data of a pack has none.")
            return None
        text = node.plain
        if not isinstance(text, str) or not text.startswith("="):
            self._refuse(field, node, path, f"It points at {targets}: write = and a local key, as =acme.")
            return None
        module, dot, key = text[1:].strip().rpartition(".")
        among = [target for target in field.targets if not dot or target == module]
        found = [target for target in among if key in self.numbers.get(target, ())]
        if len(found) == 1:
            return self.numbers[found[0]][key]
        if found:
            ways = " or ".join(f"={target}.{key}" for target in found)
            self._refuse(field, node, path, f"Several records have this local key: write {ways}.")
        elif not any(self.draft.is_broken("data", target, key) for target in among):
            known = [name for target in field.targets for name in self.numbers.get(target, ())]
            named = [name for name in known if ":" not in name]
            self.draft.note("start_record", text[1:].strip(), node, path, named, targets)
        return None


def _parts(cell: Scalar) -> Iterator[Scalar]:
    """The values in a cell, between semicolons."""
    for found in PART.finditer(cell.text):
        if text := found.group().strip():
            yield Scalar(cell.source, cell.start, cell.end, text, text, cell.style)
