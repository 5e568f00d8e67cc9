"""Uses: which part of a configuration, or of what users keep, reads, writes or shows which thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from runtime.base.suggest import suggest
from runtime.model.catalog import Origin

DOES = ("writes", "reads", "shows", "binds", "names")
"""What a use does, in the order in which uses are told.

``binds``: a rule, a right or a uniqueness says what may be done with the thing. ``names``: it stands on the
thing, as a relation stands on its module.
"""


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something that can be named.

    ``kind`` is ``module``, ``field``, ``picklist``, ``value``, ``constant``, ``function``, ``filter``,
    ``role`` or ``profile``; ``key`` is how it is written: ``potentials.amount``, ``sales_stage.won``,
    ``const.vat``.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Use:
    """One place that names a thing.

    ``kind`` says what stands there (``formula``, ``filter``, ``layout``, …), ``path`` is its place in the
    configuration (``filters.potentials.open.where``), ``text`` the expression or path that is written. What a
    user keeps has no ``origin``, and ``who`` is the one who keeps it.
    """

    of: Thing
    does: str
    kind: str
    path: str
    text: str
    origin: Origin | None = None
    who: str = ""


class Uses:
    """Everything that can be named, and every use of it."""

    def __init__(self, things: Iterable[Thing], uses: Iterable[Use]) -> None:
        by_name: dict[str, list[Thing]] = {}
        for thing in things:
            by_name.setdefault(thing.key, []).append(thing)
        by_thing: dict[Thing, dict[Use, None]] = {}
        for use in uses:
            by_thing.setdefault(use.of, {})[use] = None
        self._things: Mapping[str, tuple[Thing, ...]] = MappingProxyType(
            {name: tuple(found) for name, found in by_name.items()}
        )
        self._uses: Mapping[Thing, tuple[Use, ...]] = MappingProxyType(
            {thing: tuple(sorted(found, key=_order)) for thing, found in by_thing.items()}
        )

    def called(self, name: str) -> tuple[Thing, ...]:
        """The things of a name: a module and a picklist may have the same. () where there is none."""
        return self._things.get(name.strip().removesuffix("()"), ())

    def near(self, name: str) -> str | None:
        """The known name that was probably meant."""
        written = name.strip().removesuffix("()")
        if len(written) > 100:
            return None
        found = suggest(written, self._things)
        if found is None and "." in written:
            head, _, last = written.rpartition(".")
            found = suggest(
                last, (key.rpartition(".")[2] for key in self._things if key.startswith(f"{head}."))
            )
            return f"{head}.{found}" if found else None
        return found

    def of(self, thing: Thing) -> tuple[Use, ...]:
        """The uses of a thing, what writes it first, then in the order of the files."""
        return self._uses.get(thing, ())


def _order(use: Use) -> tuple[int, bool, str, int, int, str]:
    span = use.origin.span if use.origin is not None else None
    place = (span.file, span.line, span.column) if span is not None else ("", 0, 0)
    return (DOES.index(use.does), span is None, *place, use.path)
