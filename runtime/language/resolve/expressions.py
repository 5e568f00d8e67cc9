"""Resolves expressions: hands each to the expression language with its scope and the map of its places."""

from runtime.base.diagnostic import Span
from runtime.expressions.scope import Scope
from runtime.language import reading_codes
from runtime.language.draft import Draft, diagnostic
from runtime.language.earlier.following import Use
from runtime.language.nodes import Node, Scalar
from runtime.language.read import is_unbalanced
from runtime.language.shape import Path
from runtime.model.catalog import Expression
from runtime.model.types import ValueType

HELP = "mend the expression, or leave it out"
"""What is said when the expression language itself knows no better."""


def resolve_expression(
    draft: Draft,
    node: Node | None,
    module: str,
    path: Path,
    expect: ValueType | None,
    this: str | None = None,
    *,
    database: bool = False,
    saving: bool = False,
    personal: bool = True,
    skipped: int = 0,
    scope: Scope | None = None,
) -> Expression | None:
    """The expression that a node holds; None when there is none, or when it is wrong, which is told.

    ``database``: it must be SQL too. ``saving``: it runs while a record is saved. Without ``personal`` nobody
    in particular asks. It begins behind so many ``skipped`` characters. A ``scope`` says by itself what
    may be named.
    """
    if not isinstance(node, Scalar):
        return None
    if _is_cut(node):
        draft.found.append(
            diagnostic(
                reading_codes.BENT.name,
                "YAML takes what follows the # for a comment, and cuts the expression there",
                node.span,
                path,
                "quote it: put the entire expression in double quotes",
            )
        )
        return None
    text = node.text.rstrip() if node.style in ("|", ">") else node.text
    if scope is None:
        scope = draft.scope(module, this, database=database, saving=saving, personal=personal)

    def locate(start: int, end: int) -> Span:
        return node.locate(start + skipped, end + skipped)

    expression, found = draft.language.parse(text[skipped:], node.span, scope, expect, locate)
    if expression is not None:
        draft.mention(path, node, expression, skipped=skipped)
        for start, end, now in expression.earlier:
            old = expression.text[start:end]
            draft.uses.append(Use(node, start + skipped, end + skipped, old, now, path))
    if found and not draft.is_excused(text):
        draft.found += [
            diagnostic(
                one.code,
                one.message,
                one.span,
                path,
                one.help or HELP,
                is_warning=not one.is_error,
                related=one.related,
            )
            for one in found
        ]
    return expression


def is_expression(node: Node | None) -> bool:
    """Whether a leading = makes an expression of what stands there."""
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.value.startswith("=")


def _is_cut(node: Scalar) -> bool:
    """Whether a comment follows on the same line, and brackets or quotes are open before it."""
    if node.style or not is_unbalanced(node.text):
        return False
    rest = node.source.text[node.end :].split("\n", 1)[0]
    return rest.lstrip(" ").startswith("#")
