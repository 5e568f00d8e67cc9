"""The keys by which possible duplicates are found without reading a module: whole numbers in an index.

A text that may differ in some letters is cut into one piece more than letters may differ, so that two alike
texts have at least one piece in common, whatever differs (Li, Deng, Wang, Feng: "Pass-Join", VLDB 2011). A
record is kept by its own pieces; it is looked for by the pieces that texts alike would have.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import blake2b
from itertools import islice, product

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.model.catalog import DuplicateRule, Field, Module
from runtime.model.values import Address

LONGEST = 64
"""So many characters of a text are compared."""
MOST = 20
"""Of fields with several values, so many ways to put them together are looked at."""
VERSION = "1"
"""Of what the keys are made of; another one makes those of every record anew."""

Likeness = tuple[tuple[str, ...], ...]
"""What is compared of a record: for each field of a rule the forms of its value."""


@dataclass(frozen=True)
class Matching:
    """One rule, ready to compare records by."""

    module: str
    rule: DuplicateRule
    fields: tuple[tuple[Field, FieldType], ...]

    @cached_property
    def number(self) -> int:
        """What tells the keys of this rule apart from those of others, and of the rule as it once was."""
        said = [VERSION, self.module, str(self.rule.fuzzy.normalize())]
        said += [f"{field.key}:{field.type}" for field, _ in self.fields]
        return _number("\0".join(said))

    @cached_property
    def free(self) -> int | None:
        """Which of the fields may differ in some letters and is looked for by its pieces; None for none."""
        if self.rule.fuzzy >= 1:
            return None
        return next((at for at, (_, kind) in enumerate(self.fields) if kind.compared == "freely"), None)

    def likeness(self, values: Mapping[str, object]) -> Likeness | None:
        """What is compared of a record with these canonical values; None where a field is empty."""
        found: list[tuple[str, ...]] = []
        for field, kind in self.fields:
            value = values.get(field.whole)
            if isinstance(value, Address):
                value = value.part(field.key.partition(".")[2])
            forms = kind.likeness(value) if value is not None and value != () else ()
            if not forms:
                return None
            found.append(tuple(form[:LONGEST] for form in forms) if kind.compared == "freely" else forms)
        return tuple(found)

    def kept(self, likeness: Likeness) -> set[int]:
        """The keys that a record is kept by."""
        return {
            self._key(exact, form, len(text), place, text[start : start + size])
            for exact, text in self._texts(likeness)
            for form, text in _orders(text)
            for place, (start, size) in enumerate(_pieces(len(text), self.rule.fuzzy))
        }

    def sought(self, likeness: Likeness) -> set[int]:
        """The keys of which records that are alike have one at least."""
        return {
            self._key(exact, form, length, place, piece)
            for exact, text in self._texts(likeness)
            for form, text in _orders(text)
            for length, place, piece in _sought(
                text, self.rule.fuzzy if self.free is not None else Decimal(1)
            )
        }

    def are_alike(self, one: Likeness, other: Likeness) -> bool:
        """Whether two records are alike in every field."""
        return all(
            self._alike(kind, mine, theirs)
            for (_, kind), mine, theirs in zip(self.fields, one, other, strict=True)
        )

    def _alike(self, kind: FieldType, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
        if kind.compared != "freely" or self.rule.fuzzy >= 1:
            return not set(mine).isdisjoint(theirs)
        return any(self._are_near(a, b) for a in mine for b in theirs)

    def _are_near(self, one: str, other: str) -> bool:
        fuzzy, distance = self.rule.fuzzy, self._distance
        return any(
            distance(a, b, score_cutoff=(most := int((1 - fuzzy) * max(len(a), len(b))))) <= most
            for a, b in ((one, other), (_in_order(one), _in_order(other)))
        )

    @cached_property
    def _distance(self) -> Callable[..., int]:
        from rapidfuzz.distance import Levenshtein  # here, for only texts that may differ need it

        return Levenshtein.distance

    def _texts(self, likeness: Likeness) -> Iterator[tuple[str, str]]:
        # The exact values in one text, and the text that is cut into pieces.
        free = self.free
        exact = [forms for at, forms in enumerate(likeness) if at != free]
        texts = likeness[free] if free is not None else ("",)
        for parts in islice(
            product(texts, *(self._exact(forms, at) for at, forms in enumerate(exact))), MOST
        ):
            yield "\0".join(parts[1:]), parts[0]

    def _exact(self, forms: tuple[str, ...], at: int) -> tuple[str, ...]:
        # A second text that may differ is compared with what is found, and is no part of the keys.
        kinds = [kind for place, (_, kind) in enumerate(self.fields) if place != self.free]
        return ("",) if kinds[at].compared == "freely" and self.rule.fuzzy < 1 else forms

    def _key(self, exact: str, form: str, length: int, place: int, piece: str) -> int:
        return _number(f"{self.number}\0{exact}\0{form}{length}\0{place}\0{piece}")


def matchings(module: Module, types: Registry[FieldType]) -> tuple[Matching, ...]:
    """The rules of a module, ready."""
    found: list[Matching] = []
    for rule in module.duplicates:
        fields = [_field(module, name) for name in rule.fields]
        found.append(Matching(module.key, rule, tuple((field, types[field.type]) for field in fields)))
    return tuple(found)


def _field(module: Module, name: str) -> Field:
    whole, _, part = name.partition(".")
    field = module.fields[whole]
    return field.parts[part] if part else field


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def _differing(length: int, fuzzy: Decimal) -> int:
    # How many letters at most may differ between a text of this length and one alike, which may be longer.
    return int((1 - fuzzy) * int(length / fuzzy))


def _pieces(length: int, fuzzy: Decimal) -> list[tuple[int, int]]:
    """Where each piece of a text begins, and how long it is."""
    count = min(_differing(length, fuzzy) + 1, max(length, 1))
    size, rest = divmod(length, count)
    found, start = [], 0
    for place in range(count):
        this = size + (place >= count - rest)
        found.append((start, this))
        start += this
    return found


def _sought(text: str, fuzzy: Decimal) -> Iterator[tuple[int, int, str]]:
    """The pieces that texts alike may have: their length, which piece it is, and the piece."""
    own = len(text)
    for length in range(-int(-own * fuzzy // 1), min(int(own / fuzzy), LONGEST) + 1):
        pieces = _pieces(length, fuzzy)
        last = len(pieces) - 1
        for place, (start, size) in enumerate(pieces):
            behind = start + own - length
            first = max(start - place, behind - (last - place), 0)
            for at in range(first, min(start + place, behind + last - place, own - size) + 1):
                yield length, place, text[at : at + size]


def _orders(text: str) -> Iterator[tuple[str, str]]:
    # As it is written, and with its words in order: "Matti Virtanen" is "Virtanen Matti".
    yield "w", text
    in_order = _in_order(text)
    if " " in text:
        yield "o", in_order


def _in_order(text: str) -> str:
    return " ".join(sorted(text.split()))
