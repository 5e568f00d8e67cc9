"""What follows what: the stored computed fields of a snapshot, in the order in which they are worked out, and
what each of them is reached from.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runtime.expressions.reaches import Reach, Way, reaches
from runtime.model.catalog import Catalog
from runtime.model.dynamics import RecordCheck

Name = tuple[str, str]
"""A field: its module, and its key."""

CREATED, RESTORED = "+", "*"
"""Stand in the place of a field: the record itself is new, or is back from the bin."""


@dataclass(frozen=True, slots=True)
class Follower:
    """A computed field that follows something, and the way that is walked back to its records."""

    name: Name
    way: Way
    own: bool

    @property
    def is_of_the_record(self) -> bool:
        """Whether the record itself is followed, and the save works the field out by itself."""
        return self.own and not self.way

    @property
    def is_of_rows(self) -> bool:
        """Whether the record's own rows are, and the save that has both works the field out by itself."""
        return self.own and len(self.way) == 1 and self.way[0].kind == "rows"


@dataclass(frozen=True, slots=True)
class Wave:
    """Fields of one module, none of which reads another of them: they are worked out together."""

    module: str
    fields: tuple[str, ...]


class Following:
    """The graph of one snapshot."""

    def __init__(self, catalog: Catalog) -> None:
        self.order: tuple[Name, ...] = catalog.computed
        self._reaches = {name: _reaches_of(catalog, name) for name in self.order}
        followers: dict[Name, list[Follower]] = {}
        for name, found in self._reaches.items():
            computed = catalog.modules[name[0]].fields[name[1]].computed
            own = computed is not None and computed.way == "own"
            for reach in found:
                followers.setdefault((reach.module, reach.field), []).append(Follower(name, reach.way, own))
        self._followers: Mapping[Name, tuple[Follower, ...]] = MappingProxyType(
            {key: tuple(those) for key, those in followers.items()}
        )
        # By field: the modules of which a write changes it behind the save that works out what it can.
        self._behind = {
            name: frozenset(_behind(catalog, name, those)) for name, those in self._reaches.items()
        }
        self._affected: dict[frozenset[str], frozenset[Name]] = {}
        self.waves: tuple[Wave, ...] = tuple(self._waves())
        self.coupled: frozenset[str] = frozenset(
            module
            for name, found in self._reaches.items()
            for reach in found
            if reach.way
            for module in (name[0], reach.module, *(hop.here for hop in reach.way))
        )

    def followers(self, module: str, field: str) -> tuple[Follower, ...]:
        """The computed fields that depend on a field of the records of a module."""
        return self._followers.get((module, field), ())

    def affected(self, modules: frozenset[str]) -> frozenset[Name]:
        """The computed fields that a write of records of these modules may change behind the save."""
        found = self._affected.get(modules)
        if found is None:
            first = [name for name, those in self._behind.items() if any(of in modules for of in those)]
            found = self._affected[modules] = frozenset(self.after(first))
        return found

    def after(self, names: Collection[Name]) -> list[Name]:
        """These computed fields and all that read them, through others too, in their order."""
        found = set(names)
        for name in self.order:
            if any((reach.module, reach.field) in found for reach in self._reaches[name]):
                found.add(name)
        return [name for name in self.order if name in found]

    def waves_of(self, names: Iterable[Name]) -> list[Wave]:
        """The waves of these fields alone."""
        wanted = set(names)
        narrowed = (
            Wave(wave.module, tuple(key for key in wave.fields if (wave.module, key) in wanted))
            for wave in self.waves
        )
        return [wave for wave in narrowed if wave.fields]

    def _waves(self) -> Iterator[Wave]:
        depth: dict[Name, int] = {}
        for name in self.order:
            read = {(reach.module, reach.field) for reach in self._reaches[name]}
            depth[name] = 1 + max((depth[each] for each in read if each in depth), default=0)
        for level in sorted(set(depth.values())):
            here = [name for name in self.order if depth[name] == level]
            for module in dict.fromkeys(module for module, _ in here):
                yield Wave(module, tuple(key for of, key in here if of == module))


def _reaches_of(catalog: Catalog, name: Name) -> tuple[Reach, ...]:
    module, key = name
    computed = catalog.modules[module].fields[key].computed
    assert computed is not None
    found = reaches(computed.kept, module)
    itself = [Reach((), module, RESTORED)]
    if computed.way == "wide":
        itself.append(Reach((), module, CREATED))
    return (*found, *itself)


def _behind(catalog: Catalog, name: Name, reaches: Iterable[Reach]) -> Iterator[str]:
    computed = catalog.modules[name[0]].fields[name[1]].computed
    own = computed is not None and computed.way == "own"
    for reach in reaches:
        of_rows = own and len(reach.way) == 1 and reach.way[0].kind == "rows"
        if (reach.way and not of_rows) or reach.field == CREATED:
            yield reach.module


@dataclass(frozen=True, slots=True)
class Guard:
    """A check that holds when other records change, and the way back from them; none from what the record
    itself computes of them.
    """

    module: str
    check: RecordCheck
    way: Way


class Guards:
    """The guards of one snapshot, by what changes."""

    def __init__(self, catalog: Catalog) -> None:
        found: dict[Name, list[Guard]] = {}
        coupled: set[str] = set()
        for module in catalog.modules.values():
            for check in module.dynamics.checks:
                for reach in reaches(check.condition.tree, module.key) if check.guard else ():
                    if reach.way or (reach.module, reach.field) in catalog.computed:
                        guard = Guard(module.key, check, reach.way)
                        found.setdefault((reach.module, reach.field), []).append(guard)
                        coupled.update((module.key, reach.module, *(hop.here for hop in reach.way)))
        self._guards: Mapping[Name, tuple[Guard, ...]] = MappingProxyType(
            {key: tuple(those) for key, those in found.items()}
        )
        self.any = bool(found)
        self.coupled = frozenset(coupled)

    def of(self, module: str, field: str) -> tuple[Guard, ...]:
        """The guards that look at a field of the records of a module."""
        return self._guards.get((module, field), ())
