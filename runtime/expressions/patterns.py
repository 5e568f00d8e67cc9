"""Patterns of ``matches``: a part of regular expressions that is the same everywhere and always quick.

A pattern becomes a nondeterministic automaton, which is walked with all its states at once: the time is
bounded by the text's length times the pattern's size, whatever the two are. PostgreSQL is given the pattern
written in its own way.
"""

from dataclasses import dataclass
from functools import lru_cache

LONGEST = 500
"""Characters of a pattern."""
STATES = 2000
"""States of its automaton, which repetition makes."""
REPEATS = 100

_CLASSES = {
    "d": (("0", "9"),),
    "w": (("a", "z"), ("A", "Z"), ("0", "9"), ("_", "_")),
    "s": ((" ", " "), ("\t", "\t"), ("\n", "\n"), ("\r", "\r")),
}
_SPECIAL = frozenset(".^$*+?{}[]\\|()")


class PatternError(Exception):
    """A text that is no pattern of the language; ``help`` says what may be meant."""

    def __init__(self, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.help = help_text


@dataclass(frozen=True, slots=True)
class Letters:
    """One character: in one of the ranges, or in none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def has(self, character: str) -> bool:
        """Whether a character is one of them."""
        return any(first <= character <= last for first, last in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts behind each other."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several parts."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times; ``most`` is None for any number."""

    part: "Part"
    least: int
    most: int | None


Part = Letters | Chain | Either | Repeat


class Pattern:
    """A pattern that is ready; texts are matched as a whole. It is never changed."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._steps: dict[int, tuple[Letters, int]] = {}
        self._jumps: list[tuple[int, ...]] = []
        self._start = self._add(part, self._state(()))
        self._closures = [frozenset(self._closure(state)) for state in range(len(self._jumps))]

    def matches(self, text: str) -> bool:
        """Whether the whole text is of the pattern."""
        states = self._closures[self._start]
        known: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        for character in text:
            key = (states, character)
            found = known.get(key)
            if found is None:
                steps = (self._steps[state] for state in states if state in self._steps)
                reached = [self._closures[to] for letters, to in steps if letters.has(character)]
                found = known[key] = frozenset[int]().union(*reached)
            states = found
            if not states:
                return False
        return 0 in states

    def _state(self, jumps: tuple[int, ...]) -> int:
        if len(self._jumps) >= STATES:
            raise PatternError("The pattern repeats too much.", "write smaller numbers in { }")
        self._jumps.append(jumps)
        return len(self._jumps) - 1

    def _add(self, part: Part, after: int) -> int:
        """States for a part that goes on to ``after``; the one that it begins with."""
        match part:
            case Letters():
                state = self._state(())
                self._steps[state] = (part, after)
                return state
            case Chain():
                for each in reversed(part.parts):
                    after = self._add(each, after)
                return after
            case Either():
                return self._state(tuple(self._add(each, after) for each in part.parts))
            case Repeat():
                return self._add_repeat(part, after)

    def _add_repeat(self, part: Repeat, after: int) -> int:
        if part.most is None:
            loop = self._state(())
            self._jumps[loop] = (self._add(part.part, loop), after)
            after = loop
        else:
            for _ in range(part.most - part.least):
                after = self._state((self._add(part.part, after), after))
        for _ in range(part.least):
            after = self._add(part.part, after)
        return after

    def _closure(self, state: int) -> set[int]:
        found, waiting = {state}, [state]
        while waiting:
            for to in self._jumps[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return found


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """The pattern, ready to match; raises :class:`PatternError`."""
    return Pattern(_Reader(pattern).whole())


@lru_cache(maxsize=256)
def for_postgresql(pattern: str) -> str:
    """The pattern as PostgreSQL writes it, for the whole text."""
    return f"^(?:{_written(compiled(pattern).part)})$"


def _written(part: Part) -> str:
    match part:
        case Letters():
            if part.negated and not part.ranges:
                return "(?:.|\\n)"
            body = "".join(
                _code(first) if first == last else f"{_code(first)}-{_code(last)}"
                for first, last in part.ranges
            )
            return f"[{'^' if part.negated else ''}{body}]"
        case Chain():
            return "".join(map(_written, part.parts))
        case Either():
            return f"(?:{'|'.join(map(_written, part.parts))})"
        case Repeat():
            most = "" if part.most is None else part.most
            return f"(?:{_written(part.part)}){{{part.least},{most}}}"


def _code(character: str) -> str:
    return character if character.isalnum() and character.isascii() else f"\\U{ord(character):08X}"


class _Reader:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise PatternError(f"The pattern has {len(text):,} characters; {LONGEST} are allowed.")
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Part:
        """The pattern; a ``^`` before it and a ``$`` behind it say what is so anyway."""
        self.text = self.text.removeprefix("^")
        if self.text.endswith("$") and not self.text.endswith("\\$"):
            self.text = self.text[:-1]
        part = self._either()
        if self.at < len(self.text):
            raise PatternError(f'The pattern has a "{self.text[self.at]}" that closes nothing.')
        return part

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _either(self) -> Part:
        self.depth += 1
        if self.depth > 20:
            raise PatternError("The pattern's groups are more than 20 deep.")
        parts = [self._chain()]
        while self._next() == "|":
            self.at += 1
            parts.append(self._chain())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _chain(self) -> Part:
        parts: list[Part] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return Chain(tuple(parts))

    def _one(self) -> Part:
        character = self._next()
        self.at += 1
        match character:
            case "(":
                return self._group()
            case "[":
                return self._set()
            case ".":
                return Letters((("\n", "\n"),), negated=True)
            case "\\":
                return self._escaped()
        if character in _SPECIAL:
            raise PatternError(
                f'"{character}" cannot stand there in a pattern.', f"for the sign itself write \\{character}"
            )
        return Letters(((character, character),))

    def _group(self) -> Part:
        if self._next() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise PatternError("Groups that begin with (? are not part of the language.", "write ( )")
            self.at += 2
        part = self._either()
        if self._next() != ")":
            raise PatternError("The pattern has a ( that is not closed.")
        self.at += 1
        return part

    def _escaped(self) -> Letters:
        character = self._next()
        self.at += 1
        if character in _CLASSES:
            return Letters(_CLASSES[character])
        if character.lower() in _CLASSES:
            return Letters(_CLASSES[character.lower()], negated=True)
        if not character or character.isalnum():
            raise PatternError(f"\\{character} is not part of the language.", "there are \\d, \\w and \\s")
        return Letters(((character, character),))

    def _set(self) -> Letters:
        negated = self._next() == "^"
        self.at += negated
        ranges: list[tuple[str, str]] = []
        while self._next() != "]" or not ranges:
            if not self._next():
                raise PatternError("The pattern has a [ that is not closed.")
            ranges.extend(self._range())
        self.at += 1
        return Letters(tuple(ranges), negated)

    def _range(self) -> tuple[tuple[str, str], ...]:
        first = self._member()
        if len(first) > 1 or first[0][0] != first[0][1]:
            return first
        if self._next() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            last = self._member()
            if len(last) > 1 or last[0][0] != last[0][1] or last[0][0] < first[0][0]:
                raise PatternError("A set has a range that runs backwards.", "write [a-z]")
            return ((first[0][0], last[0][0]),)
        return first

    def _member(self) -> tuple[tuple[str, str], ...]:
        character = self._next()
        self.at += 1
        if character == "[":
            raise PatternError('A "[" inside a set is not part of the language.', "write \\[")
        if character == "\\":
            letters = self._escaped()
            if letters.negated:
                raise PatternError("\\D, \\W and \\S cannot stand inside a set.", "write [^…]")
            return letters.ranges
        return ((character, character),)

    def _repeated(self, part: Part) -> Part:
        sign = self._next()
        if sign not in ("*", "+", "?", "{"):
            return part
        self.at += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self._count()
        if self._next() in ("*", "+", "?", "{"):
            raise PatternError("Two signs of repetition stand side by side.", "put the repeated part in ( )")
        return Repeat(part, least, most)

    def _count(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at : max(end, self.at)].partition(",")
        plain = least.isascii() and least.isdigit() and (not most or (most.isascii() and most.isdigit()))
        if end < 0 or not plain or len(least) > 3 or len(most) > 3:
            raise PatternError("A number of times is written {2}, {2,} or {2,5}.")
        self.at = end + 1
        low, high = int(least), int(most) if most else None if comma else int(least)
        if low > REPEATS or (high is not None and (high > REPEATS or high < low)):
            raise PatternError(
                f"A part is repeated {REPEATS} times at most, and the smaller number is first."
            )
        return low, high
