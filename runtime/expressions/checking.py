"""Gives an expression its types: Python's tree becomes our typed tree, or findings of what is wrong."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from runtime.base.diagnostic import Code
from runtime.base.registry import Registry
from runtime.base.suggest import did_you_mean
from runtime.expressions import codes, later
from runtime.expressions.fitting import fit, fits
from runtime.expressions.functions.base import Function
from runtime.expressions.literals import exact_number
from runtime.expressions.naming import named
from runtime.expressions.operators.base import Operator
from runtime.expressions.paths import PathFinder
from runtime.expressions.reading import DEEPEST, Finding, Syntax
from runtime.expressions.scope import Scope
from runtime.expressions.tree import Attribute, Call, Items, Literal, Node, Operation, User, reads_record
from runtime.model.types import BOOLEAN, DECIMAL, INTEGER, NONE, NUMBERS, TEXT, ValueType, list_of, record_of

PARTS = 500
"""How many parts an expression may have."""

_LITERALS: Mapping[str, tuple[ValueType, object]] = MappingProxyType(
    {"true": (BOOLEAN, True), "false": (BOOLEAN, False), "none": (NONE, None)}
)
_USER: Mapping[str, ValueType] = MappingProxyType(
    {"id": INTEGER, "role": TEXT, "groups": list_of(record_of("groups"))}
)
_NAMES = ("this", "user", *_LITERALS)


class Checker:
    """Checks one expression. What is wrong is collected; a wrong part is None, and is not told twice."""

    def __init__(
        self, syntax: Syntax, scope: Scope, functions: Registry[Function], operators: Registry[Operator]
    ) -> None:
        self.syntax = syntax
        self.scope = scope
        self.functions = functions
        self.operators = operators
        self.findings: list[Finding] = []
        self._by_syntax = {operator.syntax: operator for operator in operators.values()}
        self._finder = PathFinder(scope, self.report)
        self._parts = 0
        self._depth = 0
        self._checks: Mapping[type[ast.expr], Callable[..., Node | None]] = MappingProxyType(
            {
                ast.Constant: self._constant,
                ast.Name: self._name,
                ast.Attribute: self._path,
                ast.Compare: self._comparison,
                ast.BoolOp: self._logic,
                ast.UnaryOp: self._unary,
                ast.BinOp: self._binary,
                ast.Call: self._call,
                ast.List: self._list,
            }
        )

    def report(self, code: Code, start: int, end: int, message: str, help_text: str = "") -> None:
        """Collect what is wrong with a stretch of the text."""
        self.findings.append(Finding(code, start, end, message, help_text))

    def whole(self, expect: ValueType | None) -> Node | None:
        """The tree of the whole expression, of the expected type where one is expected."""
        node = self.check(self.syntax.body)
        if node is None or expect is None:
            return node
        fitted = fit(node, expect, self.scope, self.report)
        if fitted is not None and not fits(fitted.type, expect):
            message = f"This is {named(node.type)}; {named(expect)} is needed here."
            self.report(codes.WRONG_TYPE, node.start, node.end, message, _condition_hint(node, expect))
            return None
        return fitted

    def check(self, node: ast.expr) -> Node | None:
        """The typed node, or None when something in it is wrong."""
        self._parts += 1
        if self._parts > PARTS or self._depth > DEEPEST:
            if not any(finding.code is codes.TOO_LARGE for finding in self.findings):
                message = f"The expression has more than {PARTS} parts, or they lie more than {DEEPEST} deep."
                self.report(codes.TOO_LARGE, *self.syntax.span(node), message)
            return None
        check = self._checks.get(type(node))
        if check is None:
            self._refuse(node)
            return None
        self._depth += 1
        checked = check(node)
        self._depth -= 1
        return checked

    def _refuse(self, node: ast.expr) -> None:
        start, end = self.syntax.span(node)
        name = type(node).__name__
        if name in later.SYNTAX:
            self.report(codes.NOT_YET, start, end, f"{later.SYNTAX[name]} are not there yet.")
            return
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
        return self._number(written, start, end)

    def _number(self, written: str, start: int, end: int) -> Node | None:
        number = exact_number(written)
        if number is None:
            self.report(codes.NUMBER, start, end, f"The number {written:.40} has more than 18 digits.")
            return None
        return Literal(INTEGER if isinstance(number, int) else DECIMAL, start, end, number)

    def _name(self, node: ast.Name) -> Node | None:
        start, end = self.syntax.span(node)
        if node.id in _LITERALS:
            return Literal(_LITERALS[node.id][0], start, end, _LITERALS[node.id][1])
        if node.id == "user":
            return User(record_of("users"), start, end)
        if node.id in later.NAMES:
            self.report(codes.NOT_YET, start, end, f"{later.NAMES[node.id]} are not there yet.")
            return None
        if node.id == "this":
            return self._finder.this(start, end)
        found = self._finder.find((node.id,), start, (end,))
        if found is None and not self._finder.explained:
            self._unknown_name(node.id, start, end, f"a text stands in quotes: '{node.id}'")
        return found

    def _unknown_name(self, name: str, start: int, end: int, otherwise: str = "") -> None:
        module = self.scope.modules[self.scope.module]
        if name in self.functions:
            help_text = f"a function is called with parentheses: {name}()"
        elif name.lower() in ("null", "nil", "none", "empty"):
            help_text = "empty is written none"
        else:
            known = [field.key for field in module.all_fields()]
            help_text = did_you_mean(name, [*known, *_NAMES]) or otherwise
        self.report(codes.UNKNOWN_NAME, start, end, f'"{module.key}" has no field "{name}".', help_text)

    def _path(self, node: ast.Attribute) -> Node | None:
        names: list[str] = []
        ends: list[int] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            self._parts += 1
            names.append(root.attr)
            ends.append(self.syntax.span(root)[1])
            root = root.value
        start, root_end = self.syntax.span(root)
        if not isinstance(root, ast.Name):
            message = "Only a field that points at a record, or a picklist, has something behind its dot."
            self.report(codes.NOT_PART, start, ends[0], message, "call a function: contains(name, 'x')")
            return None
        names.reverse()
        ends.reverse()
        if root.id in _LITERALS:
            self.report(codes.NO_PATH, start, ends[0], f'"{root.id}" has nothing behind its dot.')
            return None
        if root.id in later.NAMES:
            self.report(codes.NOT_YET, start, ends[0], f"{later.NAMES[root.id]} are not there yet.")
            return None
        if root.id == "user":
            return self._user(names, start, ends)
        if root.id == "this":
            return self._finder.find(tuple(names), ends[0] - len(names[0]), tuple(ends), outer=True)
        found = self._finder.find((root.id, *names), start, (root_end, *ends))
        if found is None and not self._finder.explained:
            self._unknown_name(root.id, start, root_end)
        return found

    def _user(self, names: list[str], start: int, ends: list[int]) -> Node | None:
        if len(names) == 1 and names[0] in _USER:
            return User(_USER[names[0]], start, ends[0], names[0])
        self.report(
            codes.NOT_YET,
            start,
            ends[-1],
            f'"user.{".".join(names)}" is not there yet.',
            f"there are {', '.join(f'user.{key}' for key in _USER)}",
        )
        return None

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
        if (
            isinstance(operand, Literal)
            and operand.type in NUMBERS
            and isinstance(operand.value, int | Decimal)
        ):
            number = -operand.value if isinstance(node.op, ast.USub) else operand.value
            return Literal(operand.type, start, end, number)
        self.report(codes.NOT_YET, start, end, "Arithmetic with fields and functions is not there yet.")
        return None

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
            sign = later.SIGNS.get(syntax.__name__, syntax.__name__)
            self.report(codes.NOT_YET, start, end, f'Arithmetic with "{sign}" is not there yet.')
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
        name_end = self.syntax.span(node.func)[1]
        function = self.functions.get(node.func.id)
        if function is None:
            self._unknown_function(node.func.id, start, name_end)
            return None
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            message = f"{function.name} takes its arguments by their order alone."
            self.report(codes.NOT_PART, start, end, message)
            return None
        arguments = [self.check(argument) for argument in node.args]
        if len(arguments) != len(function.parameters):
            message = f"{function.name} takes {len(function.parameters)} arguments, not {len(arguments)}."
            self.report(codes.ARGUMENTS, start, end, message, f"write {function.signature}")
            return None
        checked = [
            self._argument(function, index, argument) for index, argument in enumerate(arguments) if argument
        ]
        known = tuple(argument for argument in checked if argument is not None)
        if len(known) < len(arguments):
            return None
        return Call(function.returns, start, end, function.name, known)

    def _argument(self, function: Function, index: int, argument: Node) -> Node | None:
        parameter = function.parameters[index]
        if parameter.accepts and not any(fits(argument.type, type_) for type_ in parameter.accepts):
            fitted = fit(argument, parameter.accepts[0], self.scope, self.report)
            if fitted is None:
                return None
            if not fits(fitted.type, parameter.accepts[0]):
                wanted = " or ".join(map(named, parameter.accepts))
                message = f"{function.name} takes {wanted} here, not {named(argument.type)}."
                help_text = f"write {function.signature}"
                self.report(codes.ARGUMENT_TYPE, argument.start, argument.end, message, help_text)
                return None
            argument = fitted
        if parameter.constant and reads_record(argument):
            message = f"{function.name} of a field is not there yet."
            self.report(codes.NOT_YET, argument.start, argument.end, message, "write a number")
            return None
        return argument

    def _unknown_function(self, name: str, start: int, end: int) -> None:
        if name in later.FUNCTIONS:
            self.report(codes.NOT_YET, start, end, f"The function {name}() is not there yet.")
            return
        help_text = did_you_mean(name, [*self.functions, *later.FUNCTIONS])
        self.report(codes.UNKNOWN_FUNCTION, start, end, f"There is no function {name}().", help_text)


def _condition_hint(node: Node, expect: ValueType) -> str:
    if expect != BOOLEAN or isinstance(node, Literal | Items):
        return ""
    if isinstance(node, Attribute) or node.type == TEXT:
        return "compare it: … == 'a value'"
    return "compare it, or write not is_empty(…)"
