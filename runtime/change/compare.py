"""Compares the shape that was applied with the one to come: what is new, gone, back, or of another kind."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from runtime.base.diagnostic import Diagnostic
from runtime.change import codes
from runtime.change.shape import FieldShape, ModuleShape, Shape
from runtime.change.step import counted
from runtime.change.stored import Stored
from runtime.model.catalog import Catalog, Field, Module
from runtime.storage.names import Names, suffixed

Pair = tuple[str, str]

NEVER = frozenset(("secret", "file", "files", "image", "auto_number"))
"""The types whose values are no other type's, nor the other way round."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A field whose values come from what the records held. ``old`` is where the field itself was in the
    applied configuration, by module and key; None for a new field. ``module`` is its module's key there.
    """

    field: Field
    module: str
    old: Pair | None = None


@dataclass(slots=True)
class Comparison:
    """What is different. ``moves`` says which fields' physical names go to another key: a field that
    changes its kind leaves its column to ``key@1``, and one that is computed by now what people wrote; one
    that held nothing takes it back when it returns to that kind. ``converted`` are the fields that get their
    values from what the records held, and ``rows`` the new modules of rows that are made of fields of the
    records above them. ``narrowed`` are the fields whose limits are tighter than those that their values
    were let in by.
    """

    new_modules: list[Module] = field(default_factory=list)
    returned_modules: list[Module] = field(default_factory=list)
    retired_modules: list[str] = field(default_factory=list)
    new_fields: list[Field] = field(default_factory=list)
    returned_fields: list[Field] = field(default_factory=list)
    retired_fields: list[Pair] = field(default_factory=list)
    moves: dict[Pair, Pair] = field(default_factory=dict)
    converted: list[Converted] = field(default_factory=list)
    rows: list[Module] = field(default_factory=list)
    narrowed: list[Converted] = field(default_factory=list)
    refusals: list[Diagnostic] = field(default_factory=list)


def compare(before: Shape, after: Shape, catalog: Catalog, names: Names, stored: Stored) -> Comparison:
    """Compare. ``names`` are the physical names of what was applied."""
    return _Compare(before, after, catalog, names, stored).run()


class _Compare:
    def __init__(self, before: Shape, after: Shape, catalog: Catalog, names: Names, stored: Stored) -> None:
        self.before = before
        self.after = after
        self.catalog = catalog
        self.names = names
        self.stored = stored
        self.found = Comparison()

    def run(self) -> Comparison:
        for key, module in self.catalog.modules.items():
            old = self.before.modules.get(key)
            if old is None:
                self.found.new_modules.append(module)
                above = self.before.modules.get(module.parent or "")
                parts = (each.conversion for each in module.fields.values())
                if above is not None and not above.retired and any(each and each.split for each in parts):
                    self.found.rows.append(module)
            else:
                self._module(module, old, self.after.modules[key])
        for key, old in self.before.modules.items():
            if key not in self.after.modules and not old.retired:
                self.found.retired_modules.append(key)
        return self.found

    def _module(self, module: Module, old: ModuleShape, new: ModuleShape) -> None:
        if old.parent != new.parent:
            self._refuse_parent(module, old, new)
        if old.retired:
            self.found.returned_modules.append(module)
        for key, each in module.fields.items():
            self._field(each, old, new.fields[key])
        if not old.retired:
            gone = (key for key, each in old.fields.items() if key not in new.fields and not each.retired)
            self.found.retired_fields += [(module.key, key) for key in gone]

    def _field(self, each: Field, module: ModuleShape, new: FieldShape) -> None:
        old = module.fields.get(each.key)
        if old is None:
            self.found.new_fields.append(each)
            if each.conversion is not None and each.conversion.is_of_values and not module.retired:
                self.found.converted.append(Converted(each, each.module))
            return
        was_retired = old.retired or module.retired
        differs = not old.holds_the_same(new) or self._writes_over(each, each.key, old)
        if differs or (not was_retired and self._is_asked(each, old, new)):
            found = self._another_kind(each, module, old, new, was_retired)
            if found is None:
                return
            old = found
        if self._attributes_differ(old, new) and not self._attributes(each, old, new):
            return
        if was_retired:
            self.found.returned_fields.append(each)
        if each.computed is None and each.type not in NEVER and old.allows_less(new):
            self.found.narrowed.append(Converted(each, each.module, (each.module, each.key)))

    def _another_kind(
        self, each: Field, module: ModuleShape, old: FieldShape, new: FieldShape, was_retired: bool
    ) -> FieldShape | None:
        """The shape of an earlier column that the field takes up again; None when it gets a new one, or may
        not.
        """
        if not was_retired and each.computed is None and self._holds_values(each.module, each.key, old):
            if not {old.type, new.type}.isdisjoint(NEVER):
                self._refuse_kind(each, old, new)
                return None
            self._park(each, module)
            self.found.new_fields.append(each)
            self.found.converted.append(Converted(each, each.module, (each.module, each.key)))
            return None
        for key, parked in _parked(module.fields, each.key):
            if parked.holds_the_same(new) and not self._writes_over(each, key, parked):
                self._park(each, module)
                self.found.moves[each.module, key] = (each.module, each.key)
                return parked
        self._park(each, module)
        self.found.new_fields.append(each)
        return None

    def _writes_over(self, each: Field, key: str, column: FieldShape) -> bool:
        """Whether what works the field out would write over what people wrote into a column."""
        is_stored = each.computed is not None and each.computed.is_stored
        return is_stored and column.formula is None and self._holds_values(each.module, key, column)

    def _is_asked(self, each: Field, old: FieldShape, new: FieldShape) -> bool:
        """Whether the field says what becomes of values that mean something else now."""
        if each.conversion is None or each.conversion.value is None:
            return False
        means_another = self._means_another(old, new) or old.allows_less(new)
        return means_another and self._holds_values(each.module, each.key, old)

    def _means_another(self, old: FieldShape, new: FieldShape) -> bool:
        """Whether there is another picklist, or one without some of its values, or other currencies."""
        values = self.before.picklists.get(old.picklist or "", ())
        now = self.after.picklists.get(new.picklist or "", ())
        if old.picklist != new.picklist or set(values) - set(now):
            return True
        return bool(set(old.currencies) - set(new.currencies)) or old.currencies[:1] != new.currencies[:1]

    def _park(self, each: Field, module: ModuleShape) -> None:
        self.found.moves[each.module, each.key] = (each.module, parked_key(each.key, module.fields))

    def _holds_values(self, module: str, key: str, shape: FieldShape) -> bool:
        if (module, key) in self.names.links:
            return self.stored.rows(self.names.link(module, key)) > 0
        if (module, key) not in self.names.columns:
            return False  # it was virtual
        table = self.names.table(module)
        base = self.names.column(module, key)
        columns = [suffixed(base, suffix) for suffix, _ in shape.stored]
        return self.stored.holds_values(table, columns)

    def _attributes_differ(self, old: FieldShape, new: FieldShape) -> bool:
        return any(key in old.link and not old.link[key].holds_the_same(one) for key, one in new.link.items())

    def _attributes(self, each: Field, old: FieldShape, new: FieldShape) -> bool:
        """Whether the field goes on with its links; an attribute's column has no name of its own to spare."""
        link = self.names.link(each.module, each.key)
        if not self.stored.rows(link):
            self._park(each, self.before.modules[each.module])
            self.found.new_fields.append(each)
            return False
        for key, attribute in new.link.items():
            if key in old.link and not old.link[key].holds_the_same(attribute):
                self._refuse(
                    codes.ATTRIBUTE.name,
                    f"the links of {each.key} hold {_said(old.link[key])} under {key}, and {_said(attribute)}"
                    f" is wanted; there are {counted(self.stored.rows(link), 'link')}",
                    each.settings["link"][key],
                    f"name the new attribute differently; the values of {key} are kept",
                )
        return True

    def _refuse_kind(self, each: Field, old: FieldShape, new: FieldShape) -> None:
        self._refuse(
            codes.TYPE.name,
            f"{each.key} holds values of the type {old.type}, and it is {new.type} here: nothing is made of"
            " or from such values",
            each,
            f"leave it {old.type}, or add a field of another key; empty fields may change their type",
        )

    def _refuse_parent(self, module: Module, old: ModuleShape, new: ModuleShape) -> None:
        def said(parent: str | None) -> str:
            return f"the rows of {parent}" if parent else "records of their own"

        self._refuse(
            codes.PARENT.name,
            f"the records of {module.key} are {said(old.parent)}, and would be {said(new.parent)}",
            module,
            "make a new module for the rows; changing what records belong to is not possible yet",
        )

    def _refuse(self, code: str, message: str, at: Field | Module, help: str) -> None:
        self.found.refusals.append(Diagnostic(code, message, at.origin.span, path_of(at), help))


def path_of(at: Field | Module) -> str:
    """The dotted path of a field or a module, as diagnostics have it."""
    return at.key if isinstance(at, Module) else f"{at.module}.fields.{at.key}"


def parked_key(key: str, taken: Container[str]) -> str:
    """The key under which a field leaves its column when it takes another: ``key@1``, or the next."""
    number = 1
    while f"{key}@{number}" in taken:
        number += 1
    return f"{key}@{number}"


def moved(shape: Shape, moves: Mapping[Pair, Pair]) -> Shape:
    """The shape with its fields under the keys that they moved to."""
    modules = dict(shape.modules)
    for module in {module for module, _ in moves}:
        old = modules[module]
        fields = {moves.get((module, key), (module, key))[1]: each for key, each in old.fields.items()}
        modules[module] = ModuleShape(old.parent, fields, old.search, old.retired, old.duplicates)
    return replace(shape, modules=modules)


def names_moved(names: Names, moves: Mapping[Pair, Pair]) -> Names:
    """The names with those of the fields that moved under their new keys."""
    if not moves:
        return names
    columns = {moves.get(pair, pair): name for pair, name in names.columns.items()}
    links = {moves.get(pair, pair): name for pair, name in names.links.items()}
    return replace(names, columns=columns, links=links)


def _parked(fields: Mapping[str, FieldShape], key: str) -> Iterator[tuple[str, FieldShape]]:
    return ((name, each) for name, each in fields.items() if name.startswith(f"{key}@"))


def _said(shape: FieldShape) -> str:
    return f"{shape.type} ({shape.words})"
