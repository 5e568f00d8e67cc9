"""The reader: one YAML file, strictly, into located nodes. What YAML would bend or guess is an error that
says so.

PyYAML's C parser gives events, and nothing is ever constructed from a tag. Building the nodes here, instead
of letting the parser compose them, keeps the depth in our hands: its own composer recurses, and a hundred
thousand ``[`` end the process.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from runtime.base.diagnostic import Code, Diagnostic, Span
from runtime.language import reading_codes as codes
from runtime.language.nodes import ListNode, MapNode, Node, Scalar
from runtime.language.scalars import TooLongError, resolve
from runtime.language.source import Source

FILE_BYTES = 1 << 20
"""The largest file that is read."""
DEPTH = 40
"""How deep lists and maps may lie in one another."""
SHOWN = 60
"""How much of an offending text a message repeats."""
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
"""Control characters, line ends other than LF and CRLF, and marks that make text read otherwise than it is
written.
"""


class _UnreadableError(Exception):
    """The rest of the file cannot be read."""


def decode(name: str, content: bytes) -> tuple[str, list[Diagnostic]]:
    """The text of a file's bytes: UTF-8, with or without a byte order mark. The text is empty when it is
    not.
    """
    if len(content) > FILE_BYTES:
        return "", [_too_large(name)]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        return "", [
            Diagnostic(
                codes.NOT_UTF8.name,
                f"this byte, 0x{content[error.start]:02x}, is no UTF-8 text",
                Span.point(name, line, column),
                help="save the file as UTF-8",
            )
        ]


def _too_large(name: str) -> Diagnostic:
    return Diagnostic(
        codes.TOO_LARGE.name,
        f"the file has more than {FILE_BYTES:,} bytes, which a configuration file has at most",
        Span.point(name),
        help="split it, or keep data out of the configuration and import it",
    )


def unclean(source: Source) -> Diagnostic | None:
    """What keeps a text from being read at all: its size, or a character that may not stand in it."""
    text = source.text
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError as error:
        span = source.span(error.start, error.start + 1)
        problem, help = "half of a surrogate pair is no character", "save the file as UTF-8"
        return Diagnostic(codes.NOT_UTF8.name, problem, span, source.stem, help)
    if size > FILE_BYTES:
        return _too_large(source.name)
    if found := FORBIDDEN.search(text):
        span = source.span(found.start(), found.start() + 1)
        problem = f"the character U+{ord(found.group()):04X} may not stand in a configuration file"
        help = f'take it out, or write it as an escape in double quotes: "\\u{ord(found.group()):04x}"'
        return Diagnostic(codes.FORBIDDEN.name, problem, span, source.stem, help)
    return None


def read(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """The node that a file holds, and everything that is wrong with it; no node when it cannot be read."""
    return _Reader(source).read()


class _Reader:
    """Reads one file; errors are collected, and only those of YAML itself end the reading."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.path: list[str] = []
        self.last_quoted: Scalar | None = None

    def read(self) -> tuple[Node | None, list[Diagnostic]]:
        """See :func:`read`."""
        if not self._is_clean():
            return None, self.found
        node: Node | None = None
        try:
            node = self._document()
        except _UnreadableError:
            node = None
        except MarkedYAMLError as error:
            self._report_syntax(error)
            node = None
        except (YAMLError, ValueError) as error:
            self._report(codes.NOT_YAML, f"this is no YAML: {error}", Span.point(self.source.name))
            node = None
        return node, self.found

    def _report(
        self, code: Code, message: str, span: Span, help: str = "", related: tuple[Span, ...] = ()
    ) -> None:
        path = ".".join([self.source.stem, *filter(None, self.path)])
        self.found.append(Diagnostic(code.name, message, span, path, help, related=related))

    def _is_clean(self) -> bool:
        """Size and characters, before the parser sees the text."""
        problem = unclean(self.source)
        if problem is not None:
            self.found.append(problem)
            return False
        tab = self.source.text.find("\t")
        if tab >= 0:
            self._report(
                codes.TAB,
                "a tab stands here; YAML is indented with spaces",
                self.source.span(tab, tab + 1),
                'write spaces, or "\\t" inside a double-quoted text',
            )
            return False
        return True

    def _document(self) -> Node | None:
        parser = CParser(self.source.text)
        next_event: Callable[[], Any] = parser.get_event
        next_event()
        event = next_event()
        if not isinstance(event, DocumentStartEvent):
            self._report(
                codes.EMPTY, "the file says nothing", Span.point(self.source.name), "delete it, or fill it"
            )
            return None
        if event.version or event.tags:
            self._report(
                codes.DOCUMENTS,
                "a %YAML or %TAG directive is not read",
                self._mark_span(event),
                "take the directive out",
            )
        event = next_event()
        if isinstance(event, ScalarEvent) and self._is_bare(event):
            self._report(
                codes.EMPTY, "the file says nothing", Span.point(self.source.name), "delete it, or fill it"
            )
            return None
        node = self._node(event, next_event, 1)
        next_event()
        event = next_event()
        if isinstance(event, DocumentStartEvent):
            self._report(
                codes.DOCUMENTS,
                "a second document begins here; a file has one",
                self._mark_span(event),
                "take the --- out, or put what follows into a file of its own",
            )
        return node

    def _mark_span(self, event: Any) -> Span:
        return self.source.span(event.start_mark.index, max(event.end_mark.index, event.start_mark.index + 1))

    @staticmethod
    def _is_bare(event: Any) -> bool:
        return not event.style and event.value == "" and event.tag is None and event.anchor is None

    def _node(self, event: Any, next_event: Callable[[], Any], depth: int) -> Node:
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            self._report(
                codes.ANCHOR,
                f"*{event.anchor} is a YAML alias; aliases are not read",
                self._mark_span(event),
                'write the value out, or quote it when it is text: "*…"',
            )
            return Scalar(self.source, event.start_mark.index, event.end_mark.index, None, "")
        self._refuse_marks(event)
        if depth > DEPTH:
            self._report(
                codes.TOO_DEEP,
                f"lists and maps lie more than {DEPTH} deep in one another here",
                self._mark_span(event),
                "flatten it",
            )
            raise _UnreadableError
        if kind is MappingStartEvent:
            return self._map(event, next_event, depth)
        return self._list(event, next_event, depth)

    def _refuse_marks(self, event: Any) -> None:
        """Report an anchor or a tag on a node."""
        if event.anchor is not None:
            self._report(
                codes.ANCHOR,
                f"&{event.anchor[:SHOWN]} is a YAML anchor; anchors are not read",
                self._mark_span(event),
                'take it out, or quote the value when it is text: "&…"',
            )
        if event.tag is not None:
            self._report(
                codes.TAG,
                f"{self.source.text[event.start_mark.index :].split(maxsplit=1)[0][:SHOWN]} is a YAML tag; "
                "tags are not read",
                self._mark_span(event),
                "take the tag out: the schema knows each value's type",
            )

    def _scalar(self, event: Any) -> Scalar:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        start, end, text = event.start_mark.index, event.end_mark.index, event.value
        style = event.style or ""
        value: bool | int | Decimal | str | None = text
        if not style:
            try:
                value = resolve(text)
            except TooLongError:
                self._report(
                    codes.LONG_NUMBER,
                    f"the number {text[:SHOWN]} has more than 18 digits",
                    self.source.span(start, end),
                    "quote it when it is text",
                )
        elif style in ("|", ">"):
            end = start + len(self.source.text[start:end].rstrip())
        scalar = Scalar(self.source, start, end, value, text, style)
        if style in ("'", '"'):
            self.last_quoted = scalar
        return scalar

    def _list(self, event: Any, next_event: Callable[[], Any], depth: int) -> ListNode:
        start = event.start_mark.index
        items: list[Node] = []
        self.path.append("")
        while type(event := next_event()) is not SequenceEndEvent:
            self.path[-1] = str(len(items))
            if type(event) is ScalarEvent and self._is_bare(event):
                self._report(
                    codes.BARE,
                    "an item of a list is empty",
                    self._mark_span(event),
                    "write the item, or take the dash or comma out",
                )
                continue
            items.append(self._node(event, next_event, depth + 1))
        self.path.pop()
        return ListNode(self.source, start, self._end(event), items)

    def _map(self, event: Any, next_event: Callable[[], Any], depth: int) -> MapNode:
        start = event.start_mark.index
        keys: dict[str, Scalar] = {}
        items: dict[str, Node] = {}
        before: Scalar | None = None
        self.path.append("")
        while type(event := next_event()) is not MappingEndEvent:
            key = self._key(event, next_event, depth)
            self.path[-1] = key.text[:SHOWN]
            event = next_event()
            if type(event) is ScalarEvent and self._is_bare(event):
                self._report_bare(key, before)
                before = None
                continue
            node = self._node(event, next_event, depth + 1)
            before = node if isinstance(node, Scalar) else None
            if key.text in keys:
                self._report(
                    codes.DUPLICATE,
                    f'"{key.text[:SHOWN]}" is written twice: here and on line {keys[key.text].span.line}',
                    key.span,
                    "keep one of the two",
                    (keys[key.text].span,),
                )
                continue
            keys[key.text] = key
            items[key.text] = node
        self.path.pop()
        return MapNode(self.source, start, self._end(event), keys, items)

    def _end(self, event: Any) -> int:
        """Where a collection ends: a block's end mark is at the next token, past blank lines and comments."""
        return int(event.end_mark.index)

    def _key(self, event: Any, next_event: Callable[[], Any], depth: int) -> Scalar:
        """The key of an entry; what cannot be one is reported, and its text taken."""
        if type(event) is not ScalarEvent:
            place = self._mark_span(event)
            node = self._node(event, next_event, depth + 1)
            self._report(
                codes.KEY, "a key is a text, not a list, map or alias", place, "write a text before the colon"
            )
            return Scalar(self.source, node.start, node.start + 1, "", "")
        key = self._scalar(event)
        if not key.style and key.text == "<<":
            self._report(
                codes.MERGE, "<< is a YAML merge key; it is not read", key.span, "write the entries out"
            )
        elif not isinstance(key.value, str):
            self._report(
                codes.KEY,
                f"the key {key.text[:SHOWN] or 'here'} is not a text",
                key.span,
                f'quote it: "{key.text[:SHOWN]}"' if key.text else "write a key before the colon",
            )
        return key

    def _report_bare(self, key: Scalar, before: Scalar | None) -> None:
        """A key without a value: a comma in a flow map may have made it out of one text."""
        if before is not None and not before.style and is_unbalanced(before.text):
            self.path[-1] = ""
            self._report(
                codes.BENT,
                f'YAML ends this text at the comma: it reads "{before.text[:SHOWN]}"',
                before.span,
                "quote it: put the entire text in double quotes",
            )
            return
        self._report(
            codes.BARE,
            f'"{key.text[:SHOWN]}" has no value',
            key.span,
            "write a value after the colon, or null to remove what a lower layer says, or take the key out; "
            "a text that has a comma inside { } is quoted",
        )

    def _report_syntax(self, error: MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        offset = min(int(mark.index), max(len(self.source.text) - 1, 0)) if mark else 0
        span = self.source.span(offset, offset + 1) if self.source.text else Span.point(self.source.name)
        problem = error.problem or error.context or "it cannot be read"
        self.path.clear()
        quoted = self.last_quoted
        if quoted is not None and quoted.span.end_line == span.line and quoted.end <= offset:
            self._report(
                codes.BENT,
                "the text begins with a quote, so YAML ends it at the next quote",
                quoted.span,
                "quote it: put the entire text in double quotes",
            )
        elif "mapping values are not allowed" in problem:
            self._report(
                codes.BENT,
                'a colon and a blank begin a new value here; YAML reads ": " as the end of a key',
                span,
                "quote it when the colon belongs to the text; mend the indentation when it does not",
            )
        else:
            where = f" ({error.context})" if error.context and error.context != problem else ""
            self._report(
                codes.NOT_YAML,
                f"this is no YAML: {problem}{where}",
                span,
                "look for a bracket or quote that is not closed, and at the indentation",
            )


PAIRS = {")": "(", "]": "[", "}": "{"}


def is_unbalanced(text: str) -> bool:
    """Whether brackets or quotes are left open in a text: a sign that YAML cut it."""
    opened: list[str] = []
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            opened.append(character)
        elif character in PAIRS and (not opened or opened.pop() != PAIRS[character]):
            return True
    return bool(opened or quote)
