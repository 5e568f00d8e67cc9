"""Reads an expression's text into Python's syntax tree, after a scan that bounds what it is given."""

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from runtime.base.diagnostic import Code
from runtime.expressions import codes
from runtime.expressions.elsewhere import instead

LONGEST = 4000  # characters
DEEPEST = 40  # brackets within brackets
PREFIXES = 20  # not, - and + in a row
DOTS = 20  # names in a row, with dots between

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<text>'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
    |(?P<number>(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)[A-Za-z0-9_]*)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\*\*|//|==|!=|<=|>=|:=|<>|->|&&|\|\||<<|>>|[-+*/%<>()\[\],.={}:;@&|^~!?$`\#\\])""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+)$")
_ESCAPE = re.compile(r"\\(.)")
_SIGNS = frozenset(
    ["+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", "."]
)
_WORDS = frozenset(("and", "or", "not", "in", "is", "if", "else", "True", "False", "None"))
_INSTEAD = {
    "=": "write == to compare",
    "&&": "write and",
    "||": "write or",
    "&": "write and, or concat(a, b) to join texts",
    "|": "write or",
    "!": "write not, or != to compare",
    "<>": "write !=",
    "^": "write ** for a power",
    "#": "an expression has no comments",
    "{": "write a list with [ and ]",
    "}": "write a list with [ and ]",
    "?": "write a if condition else b",
    "`": "write texts in '…' or \"…\"",
}
_CLOSING = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of the text, before it is known where in a file the text stands."""

    code: Code
    start: int
    end: int
    message: str
    help: str = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Syntax:
    """Python's tree of an expression, and the way from its positions to offsets of the text."""

    text: str
    body: ast.expr
    offsets: tuple[int, ...]

    def span(self, node: ast.expr) -> tuple[int, int]:
        """The offsets of a node; Python counts bytes of UTF-8."""
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
        return self.offsets[node.col_offset], self.offsets[end]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read(text: str) -> tuple[Syntax | None, list[Finding]]:
    """Python's tree of the expression, or what is wrong with the text."""
    if len(text) > LONGEST:
        message = f"The expression has {len(text):,} characters; {LONGEST:,} are allowed."
        return None, [Finding(codes.TOO_LARGE, 0, len(text), message)]
    if not text.strip(" \t\r\n"):
        return None, [Finding(codes.SYNTAX, 0, len(text), "The expression is empty.")]
    findings: list[Finding] = []
    tokens = list(_tokens(text, findings))
    findings += _check_tokens(tokens)
    findings += _check_brackets(tokens)
    if findings:
        return None, sorted(findings, key=lambda finding: finding.start)
    return _parse(text)


def junction(text: str) -> tuple[str, list[str]] | None:
    """The word between a condition's outermost parts, ``and`` or ``or``, and the parts; None without one."""
    syntax, _ = read(text)
    if syntax is None or not isinstance(syntax.body, ast.BoolOp):
        return None
    spans = map(syntax.span, syntax.body.values)
    word = "and" if isinstance(syntax.body.op, ast.And) else "or"
    return word, [text[start:end] for start, end in spans]


def stands_alone(text: str) -> bool:
    """Whether a condition keeps its meaning between others: not one of ``and``, ``or`` or ``if``."""
    syntax, _ = read(text)
    return syntax is not None and not isinstance(syntax.body, ast.BoolOp | ast.IfExp)


def _tokens(text: str, findings: list[Finding]) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            character = text[position]
            if character in "'\"":
                message = "This text is not closed with a quote on the same line."
                findings.append(Finding(codes.SYNTAX, position, len(text), message))
                return
            shown = (
                f"The character U+{ord(character):04X}" if not character.isprintable() else f'"{character}"'
            )
            message = f"{shown} can stand only inside a text."
            findings.append(Finding(codes.SYNTAX, position, position + 1, message, "write texts in '…'"))
            position += 1
            continue
        if match.lastgroup != "space":
            yield _Token(match.lastgroup or "", match.group(), position)
        position = match.end()


def _check_tokens(tokens: list[_Token]) -> Iterator[Finding]:
    before: _Token | None = None
    prefixes = dots = 0
    for token in tokens:
        if token.kind == "text":
            yield from _check_text(token, before)
        elif token.kind == "number" and not _NUMBER.match(token.text):
            message = f'"{token.text}" is not a plain number.'
            yield Finding(codes.NUMBER, token.start, token.end, message, "write digits and a decimal point")
        elif token.kind == "name" and keyword.iskeyword(token.text) and token.text not in _WORDS:
            message = f'"{token.text}" is not part of the language.'
            yield Finding(codes.NOT_PART, token.start, token.end, message)
        elif token.kind == "sign" and token.text not in _SIGNS:
            message = f'"{token.text}" is not part of the language.'
            yield Finding(codes.SYNTAX, token.start, token.end, message, _INSTEAD.get(token.text, ""))
        elif token.text in ("if", "and", "or") and _at_a_beginning(before):
            message = f'"{token.text}" stands between two values.'
            yield Finding(codes.SYNTAX, token.start, token.end, message, instead(token.text))
        prefixes = prefixes + 1 if token.text in ("not", "-", "+") else 0
        dots = dots + 1 if token.text == "." else dots if token.kind == "name" else 0
        if prefixes == PREFIXES or dots == DOTS:
            message = f"There are more than {PREFIXES} of these in a row."
            yield Finding(codes.TOO_LARGE, token.start, token.end, message)
        before = token


def _at_a_beginning(before: _Token | None) -> bool:
    """Whether a value, not an operator, must follow."""
    if before is None or before.kind == "name":
        return before is None or before.text in ("and", "or", "not", "in", "is", "if", "else")
    return before.kind == "sign" and before.text not in (")", "]")


def _check_text(token: _Token, before: _Token | None) -> Iterator[Finding]:
    if before is not None and before.kind == "text":
        message = "Two texts stand side by side."
        yield Finding(codes.SYNTAX, before.start, token.end, message, "a text has one pair of quotes")
    elif before is not None and before.kind == "name" and before.end == token.start:
        message = f'"{before.text}" in front of a text is not part of the language.'
        yield Finding(codes.NOT_PART, before.start, token.end, message, "write the text alone, in '…'")
    for escape in _ESCAPE.finditer(token.text):
        if escape.group(1) not in "\\'\"ntr":
            start, end = (token.start + position for position in escape.span())
            message = f"{escape.group()} means nothing in a text."
            yield Finding(codes.SYNTAX, start, end, message, "write \\\\ for a backslash")
    for character in token.text:
        if character == "\0" or "\ud800" <= character <= "\udfff":
            message = f"The character U+{ord(character):04X} cannot be stored, so no text can hold it."
            yield Finding(codes.SYNTAX, token.start, token.end, message)
            break


def _check_brackets(tokens: list[_Token]) -> Iterator[Finding]:
    stack: list[_Token] = []
    for token in tokens:
        if token.kind != "sign":
            continue
        if token.text in ("(", "["):
            stack.append(token)
            if len(stack) > DEEPEST:
                message = f"Brackets stand more than {DEEPEST} deep."
                yield Finding(codes.TOO_LARGE, token.start, token.end, message)
                return
        elif token.text in _CLOSING:
            if not stack or stack[-1].text != _CLOSING[token.text]:
                yield Finding(codes.SYNTAX, token.start, token.end, f'This "{token.text}" closes nothing.')
                return
            stack.pop()
    for token in stack:
        yield Finding(codes.SYNTAX, token.start, token.end, f'This "{token.text}" is not closed.')


def _parse(text: str) -> tuple[Syntax | None, list[Finding]]:
    line = re.sub(r"[\r\n]", " ", text)  # no text holds one, so they stand between the parts
    start = len(line) - len(line.lstrip(" \t"))
    try:
        body = ast.parse(line[start:], mode="eval").body
    except SyntaxError as error:
        return None, [_syntax_finding(error, start, len(text))]
    except (ValueError, MemoryError, RecursionError):
        return None, [Finding(codes.TOO_LARGE, 0, len(text), "The expression is too deeply nested.")]
    offsets = [
        start + position
        for position, character in enumerate(line[start:])
        for _ in character.encode("utf-8", "surrogatepass")
    ]
    return Syntax(text, body, (*offsets, len(text))), []


def _syntax_finding(error: SyntaxError, start: int, length: int) -> Finding:
    if not error.offset:  # so Python says that it met the end
        message = "The expression ends too early: something is missing after this."
        return Finding(codes.SYNTAX, length - 1, length, message)
    at = min(start + error.offset - 1, length - 1)
    end = start + (error.end_offset or 0) - 1
    message = "The expression cannot be read from here on."
    return Finding(codes.SYNTAX, at, min(max(end, at + 1), length), message)
