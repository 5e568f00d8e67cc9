"""Gives an expression its types: Python's tree becomes our typed tree, or findings of what is wrong."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from runtime.base.diagnostic import Code
from runtime.base.registry import Registry
from runtime.base.suggest import did_you_mean
from runtime.expressions import codes
from runtime.expressions.elsewhere import instead
from runtime.expressions.fitting import as_expected, fits
from runtime.expressions.functions.base import Function
from runtime.expressions.literals import exact_number
from runtime.expressions.naming import named
from runtime.expressions.operators.base import Operator
from runtime.expressions.paths import PathFinder
from runtime.expressions.reading import DEEPEST, Finding, Syntax
from runtime.expressions.roots import Roots
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Attribute, Items, Literal, Node, Operation, Step
from runtime.model.types import BOOLEAN, DECIMAL, INTEGER, NONE, NUMBERS, TEXT, ValueType, list_of

PARTS = 500
"""How many parts an expression may have."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way to several records: the steps, the scope of what is said about each, and the names behind."""

    steps: tuple[Step, ...]
    outer: bool
    scope: Scope
    names: tuple[str, ...]
    start: int
    ends: tuple[int, ...]


class Count:
    """How many parts of an expression were checked, and how deep they lie."""

    def __init__(self) -> None:
        self.parts = 0
        self.depth = 0


class Checker:
    """Checks one expression. What is wrong is collected; a wrong part is None, and is not told twice."""

    def __init__(
        self,
        syntax: Syntax,
        scope: Scope,
        functions: Registry[Function],
        operators: Registry[Operator],
        outside: "Checker | None" = None,
    ) -> None:
        self.syntax = syntax
        self.scope = scope
        self.functions = functions
        self.operators = operators
        self.findings: list[Finding] = outside.findings if outside else []
        self.count: Count = outside.count if outside else Count()
        self.finder = PathFinder(scope, self.report)
        self.roots = Roots(scope, self.finder, functions, self.report)
        self._by_syntax = {operator.syntax: operator for operator in operators.values()}
        self._checks: Mapping[type[ast.expr], Callable[..., Node | None]] = MappingProxyType(
            {
                ast.Constant: self._constant,
                ast.Name: self._name,
                ast.Attribute: self._path,
                ast.Compare: self._comparison,
                ast.BoolOp: self._logic,
                ast.UnaryOp: self._unary,
                ast.BinOp: self._binary,
                ast.IfExp: self._choice,
                ast.Call: self._call,
                ast.List: self._list,
            }
        )

    def within(self, scope: Scope) -> "Checker":
        """A checker of parts of the same expression that stand in another scope."""
        return Checker(self.syntax, scope, self.functions, self.operators, self)

    def report(self, code: Code, start: int, end: int, message: str, help_text: str = "") -> None:
        """Collect what is wrong with a stretch of the text."""
        self.findings.append(Finding(code, start, end, message, help_text))

    def whole(self, expect: ValueType | None) -> Node | None:
        """The tree of the whole expression, of the expected type where one is expected."""
        node = self.check(self.syntax.body)
        if node is None or expect is None:
            return node
        return self.expected(node, expect)

    def expected(self, node: Node, expect: ValueType) -> Node | None:
        """The node as a type; None, and reported, when it is of another."""
        fitted = as_expected(node, expect, self.scope, self.report)
        if fitted is not None and not fits(fitted.type, expect):
            message = f"This is {named(node.type)}; {named(expect)} is needed here."
            self.report(codes.WRONG_TYPE, node.start, node.end, message, _hint(node, expect))
            return None
        return fitted

    def check(self, node: ast.expr) -> Node | None:
        """The typed node, or None when something in it is wrong."""
        self.count.parts += 1
        if self.count.parts > PARTS or self.count.depth > DEEPEST:
            if not any(finding.code is codes.TOO_LARGE for finding in self.findings):
                message = f"The expression has more than {PARTS} parts, or they lie more than {DEEPEST} deep."
                self.report(codes.TOO_LARGE, *self.syntax.span(node), message)
            return None
        check = self._checks.get(type(node))
        if check is None:
            self._refuse(node)
            return None
        self.count.depth += 1
        checked = check(node)
        self.count.depth -= 1
        return checked

    def route(self, node: ast.expr) -> Route | None:
        """The way to several records that a path is; None when it is none. Nothing is reported then."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        written = self._names(node)
        if written is None:
            return None
        names, start, ends = written
        outer = names[0] == "this"
        rest, rest_ends = (names[1:], ends[1:]) if outer else (names, ends)
        found = self.finder.several(rest, start, rest_ends, outer) if rest else None
        if found is None:
            return None
        self.count.parts += len(names)
        steps, taken = found
        own = self.scope.this if outer and self.scope.this else self.scope.module
        outer = outer and self.scope.this is not None
        via = steps[-1].via
        link = via.settings.get("link") if via is not None and steps[-1].kind in ("links", "linked") else None
        inside = replace(self.scope, module=steps[-1].module, this=own, saving=False, link=link or None)
        return Route(steps, outer, inside, rest[taken:], start, rest_ends[taken - 1 :])

    def _names(self, node: ast.expr) -> tuple[tuple[str, ...], int, tuple[int, ...]] | None:
        names: list[str] = []
        ends: list[int] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            ends.append(self.syntax.span(node)[1])
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        start, end = self.syntax.span(node)
        return (node.id, *reversed(names)), start, (end, *reversed(ends))

    def _refuse(self, node: ast.expr) -> None:
        start, end = self.syntax.span(node)
        help_text = "write a list with [ and ]" if isinstance(node, ast.Tuple | ast.Set) else ""
        self.report(codes.NOT_PART, start, end, "This is not part of the language.", help_text)

    def _constant(self, node: ast.Constant) -> Node | None:
        start, end = self.syntax.span(node)
        written = self.syntax.text[start:end]
        if isinstance(node.value, str):
            return Literal(TEXT, start, end, node.value or None)
        if node.value is None or isinstance(node.value, bool):
            message = f'"{written}" is written "{written.lower()}".'
            self.report(codes.PYTHON_NAME, start, end, message, f"write {written.lower()}")
            return None
        if not isinstance(node.value, int | float):
            self._refuse(node)
            return None
        number = exact_number(written)
        if number is None:
            self.report(codes.NUMBER, start, end, f"The number {written:.40} has more than 18 digits.")
            return None
        return Literal(INTEGER if isinstance(number, int) else DECIMAL, start, end, number)

    def _name(self, node: ast.Name) -> Node | None:
        return self.roots.name(node.id, *self.syntax.span(node))

    def _path(self, node: ast.Attribute) -> Node | None:
        written = self._names(node)
        if written is None:
            start, end = self.syntax.span(node)
            message = "Only a field that points at a record, or a picklist, has something behind its dot."
            self.report(codes.NOT_PART, start, end, message, "call a function: contains(name, 'x')")
            return None
        names, start, ends = written
        self.count.parts += len(names) - 1
        return self.roots.path(names, start, ends)

    def _list(self, node: ast.List) -> Node | None:
        items = [self.check(item) for item in node.elts]
        if any(item is None for item in items):
            return None
        checked = tuple(item for item in items if item is not None)
        of = next((item.type for item in checked if item.type != NONE), NONE)
        return Items(list_of(of), *self.syntax.span(node), checked)

    def _comparison(self, node: ast.Compare) -> Node | None:
        start, end = self.syntax.span(node)
        operands = [self.check(operand) for operand in (node.left, *node.comparators)]
        compared: list[Node | None] = []
        for syntax, left, right in zip(node.ops, operands, operands[1:], strict=False):
            if isinstance(syntax, ast.Is | ast.IsNot):
                sign = "==" if isinstance(syntax, ast.Is) else "!="
                self.report(codes.NOT_PART, start, end, '"is" is not part of the language.', f"write {sign}")
                compared.append(None)
            elif left is None or right is None:
                compared.append(None)
            else:
                compared.append(self._operate(type(syntax), (left, right), left.start, right.end))
        known = tuple(each for each in compared if each is not None)
        if len(known) < len(compared):
            return None
        return known[0] if len(known) == 1 else self._operate(ast.And, known, start, end)

    def _logic(self, node: ast.BoolOp) -> Node | None:
        return self._all(type(node.op), node.values, node)

    def _binary(self, node: ast.BinOp) -> Node | None:
        return self._all(type(node.op), [node.left, node.right], node)

    def _unary(self, node: ast.UnaryOp) -> Node | None:
        if isinstance(node.op, ast.Not):
            return self._all(ast.Not, [node.operand], node)
        start, end = self.syntax.span(node)
        operand = self.check(node.operand)
        if operand is None:
            return None
        if isinstance(operand, Literal) and operand.type in NUMBERS and operand.constant is None:
            number = -operand.value if isinstance(node.op, ast.USub) else operand.value  # type: ignore[operator]
            return Literal(operand.type, start, end, number)
        return self._operate(type(node.op), (operand,), start, end)

    def _choice(self, node: ast.IfExp) -> Node | None:
        call = ast.Call(ast.Name("if_"), [node.test, node.body, node.orelse], [])
        return self.functions["if_"].check_syntax(self, ast.copy_location(call, node))

    def _all(self, syntax: type[ast.AST], parts: list[ast.expr], node: ast.expr) -> Node | None:
        operands = [self.check(part) for part in parts]
        known = tuple(operand for operand in operands if operand is not None)
        if len(known) < len(operands):
            return None
        return self._operate(syntax, known, *self.syntax.span(node))

    def _operate(
        self, syntax: type[ast.AST], operands: tuple[Node, ...], start: int, end: int
    ) -> Node | None:
        operator = self._by_syntax.get(syntax)
        if operator is None:
            self.report(codes.NOT_PART, start, end, "This sign is not part of the language.")
            return None
        checked = operator.check(operands, self.scope, self.report)
        if checked is None:
            return None
        return Operation(checked.type, start, end, operator.name, checked.operands)

    def _call(self, node: ast.Call) -> Node | None:
        start, end = self.syntax.span(node)
        if not isinstance(node.func, ast.Name):
            message = "A value has no methods."
            self.report(codes.NOT_PART, start, end, message, "call a function: contains(name, 'x')")
            return None
        function = self.functions.get(node.func.id)
        if function is None:
            name, name_end = node.func.id, self.syntax.span(node.func)[1]
            help_text = instead(name) or did_you_mean(name, self.functions)
            self.report(codes.UNKNOWN_FUNCTION, start, name_end, f"There is no function {name}().", help_text)
            return None
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            message = f"{function.name} takes its arguments by their order alone."
            self.report(codes.NOT_PART, start, end, message)
            return None
        return function.check_syntax(self, node)


def _hint(node: Node, expect: ValueType) -> str:
    if expect != BOOLEAN or isinstance(node, Literal | Items):
        return ""
    if isinstance(node, Attribute) or node.type == TEXT:
        return "compare it: … == 'a value'"
    return "compare it, or write not is_empty(…)"
