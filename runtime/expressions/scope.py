"""What an expression may name where it stands: modules, picklists, and whose fields bare names are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from runtime.model import earlier
from runtime.model.catalog import Field, Module, Picklist
from runtime.model.earlier import Earlier

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scope:
    """Bare names are the fields of ``module``.

    ``this`` is the module of the record one scope out, for a condition over related records (a relation's
    ``where``: there ``this`` is the record being edited). None where there is no scope outside: then ``this``
    is the record itself.

    ``constants`` are the pack's (``const.vat``), and ``language`` is the one that a picklist's labels are
    read in. ``saving`` is true where an expression runs while a record is saved: there alone ``old``,
    ``changed()`` and ``is_new`` mean something. ``database`` is true where the expression must also be SQL (a
    filter, a right, a computed field). ``personal`` is false where nobody in particular asks (a computed
    field): ``user`` is refused. ``link`` has the attributes of the link over which the records of this scope
    were reached, by key: ``link.role``.

    ``earlier`` are names that are followed to what they are now, and ``met`` notes those that were: by the
    place of each in the text its name of now. Nothing is followed where ``met`` is None.
    """

    modules: Mapping[str, Module]
    picklists: Mapping[str, Picklist]
    module: str
    this: str | None = None
    constants: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    language: str = "en"
    saving: bool = False
    database: bool = False
    personal: bool = True
    link: Mapping[str, Field] | None = None
    earlier: Earlier = earlier.NOTHING
    met: dict[tuple[int, int], str] | None = field(default=None, compare=False)

    def now_called(self, modules: Iterable[str], name: str, end: int) -> str:
        """What a field or collection of one of some modules is called now; ``end`` is where its name ends."""
        if self.met is None:
            return name
        known = [self.modules[module] for module in modules]
        if any(each.field(name) is not None or name in each.collections for each in known):
            return name
        now = next((now for each in known if (now := self.earlier.fields.get((each.key, name)))), None)
        return name if now is None else self._meet(now, end - len(name), end)

    def attribute_now(self, name: str, end: int) -> str:
        """What an attribute of the link is called now."""
        if self.met is None or self.link is None or name in self.link:
            return name
        modules = {field.module for field in self.link.values()}
        for (module, _, old), now in self.earlier.attributes.items():
            if old == name and module in modules and now in self.link:
                return self._meet(now, end - len(name), end)
        return name

    def value_now(self, picklist: str, key: str, start: int, end: int) -> str:
        """What a value of a picklist is called now that is written, in quotes, from ``start`` to ``end``."""
        now = None if self.met is None else self.earlier.values.get((picklist, key))
        return key if now is None else self._meet(now, start + 1, end - 1)

    def _meet(self, now: str, start: int, end: int) -> str:
        assert self.met is not None
        self.met[start, end] = now
        return now
