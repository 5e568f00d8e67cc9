"""What each function and operator is, as data: for ``trellis explain function`` and the generated page."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.expressions.naming import named

if TYPE_CHECKING:
    from runtime.expressions.functions.base import Function, Parameter
    from runtime.expressions.operators.base import Operator

_EXAMPLE = re.compile(r"^\s*>>> (.+)\n\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """An expression and what it gives, both as they are written."""

    text: str
    result: str


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: its name, what it may be, and how often it is given (``once``, ``optional``, ``many``)."""

    name: str
    accepts: str
    times: str = "once"


@dataclass(frozen=True, slots=True)
class FunctionPage:
    """A page of the reference. ``database`` says whether it can be SQL, and if not, why."""

    name: str
    family: str
    signature: str
    returns: str
    arguments: tuple[Argument, ...]
    meaning: str
    examples: tuple[Example, ...]
    database: str

    @property
    def title(self) -> str:
        """The first sentence of what it does."""
        return self.meaning.split("\n\n")[0].replace("\n", " ")


def function_pages(
    functions: Mapping[str, "Function"], operators: Mapping[str, "Operator"]
) -> tuple[FunctionPage, ...]:
    """Every function by family and name, then every operator."""
    of_functions = sorted(map(_function_page, functions.values()), key=lambda page: (page.family, page.name))
    return (*of_functions, *map(_operator_page, operators.values()))


def examples_of(part: object) -> tuple[Example, ...]:
    """The examples of a docstring: ``>>> expression``, and on the next line what it gives."""
    found = _EXAMPLE.findall(inspect.getdoc(type(part)) or "")
    return tuple(Example(text, result) for text, result in found)


def _meaning(part: object) -> str:
    return (inspect.getdoc(type(part)) or "").split(">>>")[0].strip()


def _function_page(function: "Function") -> FunctionPage:
    returns = getattr(function, "returns", None)
    return FunctionPage(
        function.name,
        function.family,
        function.signature,
        "the type of its values" if returns is None or returns.name == "none" else named(returns),
        tuple(map(_argument, function.parameters)),
        _meaning(function),
        examples_of(function),
        f"not in SQL: {function.no_sql}" if function.no_sql else "in Python and in SQL alike",
    )


def _argument(parameter: "Parameter") -> Argument:
    accepts = " or ".join(map(named, parameter.accepts)) or "anything"
    if parameter.constant:
        accepts += ", not read from a record"
    return Argument(
        parameter.name, accepts, "many" if parameter.many else "optional" if parameter.optional else "once"
    )


def _operator_page(operator: "Operator") -> FunctionPage:
    _, _, returns = operator.signature.rpartition("→")
    return FunctionPage(
        operator.name,
        "operators",
        operator.signature,
        returns.strip(),
        (),
        _meaning(operator),
        examples_of(operator),
        "in Python and in SQL alike",
    )
