"""Functions that make texts of texts."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Column, ColumnElement, Integer, Text, case, cast, func, literal

from runtime.expressions import codes, texts
from runtime.expressions.calculating_in_sql import exact
from runtime.expressions.functions.base import Function, Parameter, Site
from runtime.expressions.moment import Moment
from runtime.expressions.passing import call_python
from runtime.expressions.sql import Sql
from runtime.expressions.tree import Call, Literal, Node
from runtime.expressions.value import Value
from runtime.expressions.writing import postgresql, text_in_sql, text_node, write
from runtime.model.types import INTEGER, TEXT, ListType, RecordType, list_of

_TEXT = Parameter("text", (TEXT,))
_MOST = 1000  # items of a list, and characters of padding


class _OfText(Function):
    """Makes a text; empty when its first argument is, and when nothing would be left."""

    family = "text"
    parameters: ClassVar[Sequence[Parameter]] = (_TEXT,)
    returns = TEXT
    ascii_in_sqlite: ClassVar[str] = ""
    """SQLite's own function that does the same to a text of ASCII alone, of the same length; '' for none."""

    def value(self, moment: Moment, text: str | None, *others: Any) -> object:
        """In Python."""
        return None if text is None else texts.kept(self.made(text, *others))

    def made(self, text: str, *others: Any) -> str:
        """The text that is made."""
        raise NotImplementedError

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """The same on PostgreSQL."""
        raise NotImplementedError

    def column(self, sql: Sql, text: Value, *others: Value) -> Value:
        """In SQL."""
        if sql.binding.dialect == "sqlite":
            return Value(TEXT, (self._in_sqlite(sql, text, *others),))
        made = self.in_postgresql(sql, as_text(text), *others)
        return Value(TEXT, (func.trellis_kept(made, type_=Text()),))

    def _in_sqlite(self, sql: Sql, text: Value, *others: Value) -> ColumnElement[Any]:
        called = call_python(sql, self.name, Text(), (text, *others))
        # Only of a stored text: what is worked out would be worked out several times.
        if not self.ascii_in_sqlite or not text.columns or not _is_stored(text.column):
            return called
        whole = text.column
        is_other = whole.op("GLOB", is_comparison=True)("*[^ -~]*") | (func.length(whole) > texts.LONGEST)
        own = func.nullif(getattr(func, self.ascii_in_sqlite)(whole), "", type_=Text())
        return case((is_other, called), else_=own)


def as_text(value: Value) -> ColumnElement[Any]:
    """A text column, or what is known as one."""
    return cast(literal(value.known, Text()), Text()) if value.is_known else value.column


def _is_stored(column: ColumnElement[Any]) -> bool:
    return isinstance(column, Column) and type(column.type) is Text


def small(sql: Sql, value: Value) -> ColumnElement[Any]:
    """A whole number that PostgreSQL's own functions take: a larger one does the same as the largest."""
    bounded = func.least(func.greatest(exact(sql, value), -100_000_000), 100_000_000)
    return cast(bounded, Integer)


class Upper(_OfText):
    """A text in capitals.

    >>> upper('Åbo')
    'ÅBO'
    """

    name = "upper"
    ascii_in_sqlite = "upper"

    def made(self, text: str, *others: Any) -> str:
        """Capitals."""
        return texts.upper(text)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """Through the same table."""
        return func.trellis_upper(text)

    def postgresql(self) -> tuple[str, ...]:
        """The functions of all of this family."""
        return texts.postgresql()


class Lower(_OfText):
    """A text in small letters.

    >>> lower('ÅBO')
    'åbo'
    """

    name = "lower"
    ascii_in_sqlite = "lower"

    def made(self, text: str, *others: Any) -> str:
        """Small letters."""
        return texts.lower(text)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """Through the same table."""
        return func.trellis_lower(text)


class Title(_OfText):
    """A text with a capital at the beginning of each word, and small letters behind it.

    >>> title('anna-maija VIRTANEN')
    'Anna-Maija Virtanen'
    """

    name = "title"

    def made(self, text: str, *others: Any) -> str:
        """Words with capitals."""
        return texts.title(text)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """Letter by letter."""
        return func.trellis_title(text)


class Slug(_OfText):
    """A text as a part of an address: small letters without accents, digits, and hyphens between.

    >>> slug('Mäkelä & Söner, Åbo')
    'makela-soner-abo'
    """

    name = "slug"

    def made(self, text: str, *others: Any) -> str:
        """Letters, digits and hyphens."""
        return texts.slug(text)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """Through the same tables."""
        return func.trellis_slug(text)


class Trim(_OfText):
    """A text without the spaces and line ends around it.

    >>> trim('  a b  ')
    'a b'
    >>> trim('   ')
    none
    """

    name = "trim"

    def made(self, text: str, *others: Any) -> str:
        """Without what is around it."""
        return text.strip(texts.SPACE)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """BTRIM."""
        return func.btrim(text, texts.SPACE)


class Left(_OfText):
    """The first characters of a text.

    >>> left('Helsinki', 3)
    'Hel'
    """

    name = "left"
    parameters = (_TEXT, Parameter("length", (INTEGER,)))

    def made(self, text: str, *others: Any) -> str:
        """The beginning."""
        return text[: max(others[0] or 0, 0)]

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """LEFT, which would count a negative length from the end."""
        return func.left(text, func.greatest(func.coalesce(small(sql, others[0]), 0), 0))


class Right(_OfText):
    """The last characters of a text.

    >>> right('Helsinki', 3)
    'nki'
    """

    name = "right"
    parameters = (_TEXT, Parameter("length", (INTEGER,)))

    def made(self, text: str, *others: Any) -> str:
        """The end."""
        length = min(max(others[0] or 0, 0), len(text))
        return text[len(text) - length :]

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """RIGHT, which would count a negative length from the beginning."""
        return func.right(text, func.greatest(func.coalesce(small(sql, others[0]), 0), 0))


class Mid(_OfText):
    """So many characters of a text from a place on; the first place is 1.

    >>> mid('Helsinki', 2, 3)
    'els'
    """

    name = "mid"
    parameters = (_TEXT, Parameter("start", (INTEGER,)), Parameter("length", (INTEGER,)))

    def made(self, text: str, *others: Any) -> str:
        """The middle."""
        start = max(others[0] or 1, 1) - 1
        return text[start : start + max(others[1] or 0, 0)]

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """SUBSTR."""
        start = func.greatest(func.coalesce(small(sql, others[0]), 1), 1)
        return func.substr(text, start, func.greatest(func.coalesce(small(sql, others[1]), 0), 0))


class Len(Function):
    """How many characters a text has, or how many items a list; 0 when it is empty.

    >>> len('Åbo')
    3
    >>> len(none)
    0
    >>> len(['a', 'b'])
    2
    """

    name = "len"
    family = "text"
    parameters = (Parameter("text"),)
    returns = INTEGER

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A text, or a list that is no list of records."""
        if isinstance(arguments[0].type, ListType):
            if isinstance(arguments[0].type.of, RecordType):
                message = "len counts characters and items; records are counted by count."
                site.report(codes.ARGUMENT_TYPE, site.start, site.end, message, "write count(…)")
                return None
            return Call(INTEGER, site.start, site.end, self.name, arguments)
        fitted = self._argument(_TEXT, arguments[0], site)
        return None if fitted is None else Call(INTEGER, site.start, site.end, self.name, (fitted,))

    def value(self, moment: Moment, text: Any) -> int:
        """In Python."""
        return 0 if text is None else len(text)

    def column(self, sql: Sql, text: Value) -> Value:
        """In SQL; several chosen values are kept between bars."""
        column: Any = func.length(text.column)
        if isinstance(text.type, ListType):
            column = func.length(text.column) - func.length(func.replace(text.column, "|", "")) - 1
        return Value(INTEGER, (func.coalesce(column, 0, type_=Integer()),))


class Replace(_OfText):
    """A text with another in place of each of its parts that are alike; case counts.

    >>> replace('2026-01-31', '-', '.')
    '2026.01.31'
    >>> replace('a b', ' ', '')
    'ab'
    """

    name = "replace"
    parameters = (_TEXT, Parameter("find", (TEXT,)), Parameter("by", (TEXT,)))

    def made(self, text: str, *others: Any) -> str:
        """With the other in its place."""
        find, by = others[0], others[1] or ""
        if find is None:
            return text
        if len(text) + text.count(find) * (len(by) - len(find)) > texts.LONGEST:
            return ""
        return text.replace(find, by)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """REPLACE, which leaves the text when nothing is sought."""
        find, by = (func.coalesce(as_text(other), "") for other in others)
        return func.replace(text, find, by)


class Pad(_OfText):
    """A text made longer from its beginning on, with spaces or with another character; 1,000 at most.

    >>> pad('7', 3, '0')
    '007'
    >>> pad('1234', 3, '0')
    '1234'
    """

    name = "pad"
    parameters = (
        _TEXT,
        Parameter("length", (INTEGER,)),
        Parameter("fill", (TEXT,), constant=True, optional=True),
    )

    def made(self, text: str, *others: Any) -> str:
        """With what is missing before it."""
        fill = (others[1] or " ")[0] if len(others) > 1 else " "
        return text.rjust(min(others[0] or 0, _MOST), fill)

    def in_postgresql(self, sql: Sql, text: ColumnElement[Any], *others: Value) -> ColumnElement[Any]:
        """What is missing, and the text."""
        fill = str(others[1].known or " ")[0] if len(others) > 1 else " "
        length = func.least(func.coalesce(small(sql, others[0]), 0), _MOST)
        missing = func.greatest(length - func.length(text), 0)
        return func.repeat(fill, missing).concat(text)


class Concat(Function):
    """Values put together as one text; an empty one adds nothing.

    Numbers are written plainly, dates as 2026-01-31, a picklist's value with its label.

    >>> concat('Deal ', 12, ': ', none, 2.50)
    'Deal 12: 2.5'
    >>> concat(none, none)
    none
    """

    name = "concat"
    family = "text"
    parameters = (Parameter("value", many=True),)
    returns = TEXT

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Each as a text."""
        written = [text_node(argument, site) for argument in arguments]
        known = tuple(node for node in written if node is not None)
        return Call(TEXT, site.start, site.end, self.name, known) if len(known) == len(written) else None

    def value(self, moment: Moment, *arguments: str | None) -> str | None:
        """In Python."""
        return texts.kept("".join(text for text in arguments if text))

    def column(self, sql: Sql, *arguments: Value) -> Value:
        """In SQL."""
        parts = [as_text(each) for each in arguments if not each.is_known or each.known is not None]
        whole: Any = func.coalesce(parts[0], "", type_=Text())
        for part in parts[1:]:
            whole = whole.concat(func.coalesce(part, "", type_=Text()))
        if sql.binding.dialect == "sqlite":
            kept = call_python(sql, self.name, Text(), (Value(TEXT, (whole,)),))
            return Value(TEXT, (kept if len(parts) > 1 else func.nullif(whole, "", type_=Text()),))
        return Value(TEXT, (func.trellis_kept(whole, type_=Text()),))


class Format(Function):
    """A text with values in the places of its ``{}``, one after the other; ``{{`` and ``}}`` are braces.

    >>> format('{} of {}', 2, 10)
    '2 of 10'
    """

    name = "format"
    family = "text"
    parameters = (
        Parameter("text", (TEXT,), constant=True),
        Parameter("value", optional=True, many=True),
    )
    returns = TEXT

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """The text in its parts, with the values between: it is put together by concat."""
        text, *values = arguments
        if not isinstance(text, Literal) or not isinstance(text.value, str):
            message = "The first argument of format is a text that is written here."
            help_text = "write format('{} of {}', done, all)"
            site.report(codes.ARGUMENT_TYPE, text.start, text.end, message, help_text)
            return None
        parts = _parts(text.value)
        if parts is None or len(parts) - 1 != len(values):
            count = (
                "a brace too many" if parts is None else f"{len(parts) - 1} places for {len(values)} values"
            )
            message = f"The text has {count}."
            site.report(codes.ARGUMENTS, text.start, text.end, message, "each value has one {}")
            return None
        written = [text_node(value, site) for value in values]
        known = [node for node in written if node is not None]
        if len(known) < len(written):
            return None
        literals = [Literal(TEXT, text.start, text.end, part or None) for part in parts]
        mixed = [node for pair in zip(literals, known, strict=False) for node in pair]
        return Call(TEXT, site.start, site.end, "concat", (*mixed, literals[-1]))


def _parts(text: str) -> list[str] | None:
    """The text between the places; None when a brace is left over."""
    plain = text.replace("{{", "\x01").replace("}}", "\x02")
    parts = plain.split("{}")
    if any("{" in part or "}" in part for part in parts):
        return None
    return [part.replace("\x01", "{").replace("\x02", "}") for part in parts]


class Split(Function):
    """The parts of a text between separators, without the spaces around them, as a list.

    >>> is_empty(split('a, b', ','))
    false
    >>> 'b' in split('a, b', ',')
    true
    """

    name = "split"
    family = "text"
    parameters = (_TEXT, Parameter("separator", (TEXT,)))
    returns = list_of(TEXT)
    no_sql = "a column holds one text, and not a list of them"

    def value(self, moment: Moment, text: str | None, separator: str | None) -> tuple[str, ...]:
        """In Python; 1,000 parts at most."""
        if text is None:
            return ()
        parts = text.split(separator, _MOST)[:_MOST] if separator else [text]
        return tuple(part for part in (each.strip(texts.SPACE) for each in parts) if part)


class Join(Function):
    """The items of a list as one text, with a separator between.

    >>> join(['a', 'b'], ', ')
    'a, b'
    >>> join(split('a,b', ','), '-')
    'a-b'
    """

    name = "join"
    family = "text"
    parameters = (Parameter("list"), Parameter("separator", (TEXT,)))
    returns = TEXT
    no_sql = "the items of a list are put together for one record at a time"

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """A list of texts, or of values of a picklist, which are written as their keys."""
        listed = arguments[0]
        if not isinstance(listed.type, ListType):
            message = f"{self.name} takes a list first."
            site.report(codes.ARGUMENT_TYPE, listed.start, listed.end, message, f"write {self.signature}")
            return None
        separator = self._argument(self.parameters[1], arguments[1], site)
        return None if separator is None else Call(TEXT, site.start, site.end, self.name, (listed, separator))

    def value(self, moment: Moment, listed: Any, separator: str | None) -> str | None:
        """In Python."""
        return texts.kept((separator or "").join(write(item) for item in listed or () if item is not None))


class TextFunction(Function):
    """A value as text: numbers plainly, dates as 2026-01-31, money with its currency, a picklist's label.

    A date and time is in the site's time zone.

    >>> text(12.50)
    '12.5'
    >>> text(date('2026-01-31'))
    '2026-01-31'
    >>> text(true)
    'true'
    """

    name = "text"
    family = "convert"
    parameters = (Parameter("value"),)
    returns = TEXT

    def check(self, arguments: tuple[Node, ...], site: Site) -> Node | None:
        """Anything that can be written."""
        return text_node(arguments[0], site)

    def value(self, moment: Moment, value: Any) -> str | None:
        """In Python."""
        return None if value is None else texts.kept(write(value, moment.timezone))

    def node_column(self, sql: Sql, node: Call) -> Value:
        """In SQL."""
        return text_in_sql(sql, sql.value(node.arguments[0]))

    def postgresql(self) -> tuple[str, ...]:
        """How money is written."""
        return postgresql()
