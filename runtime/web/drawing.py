"""How templates become Python: what is put out is escaped without wrapping, and rows read attributes as such.

A page puts out a thousand values, and each of these steps is taken for every one of them.
"""

from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import _escape_inner, escape  # type: ignore[attr-defined]


def escaped(value: Any) -> str:
    """The HTML of a value, for joining with other HTML: text is escaped, what is HTML stays."""
    # What escape does inside; it makes an object of each text beside that, for which joining has no use.
    return _escape_inner(value) if type(value) is str else str(escape(value))


class Drawing(CodeGenerator):
    """Escapes what is put out with :func:`escaped`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class RowDrawing(Drawing):
    """Beside that, reads attributes and places as Python does: rows are made of objects that have them."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write ``value.attribute``."""
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        """Write ``value[place]``."""
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")


class Drawer(Environment):
    """An environment whose templates are made so."""

    code_generator_class = Drawing
    escaped = staticmethod(escaped)

    def for_rows(self) -> Environment:
        """The same for templates of rows."""
        made = self.overlay()
        made.code_generator_class = RowDrawing
        return made
