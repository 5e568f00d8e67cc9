"""Resolves where fields' values come from (``convert``, ``split``, ``merge``, ``fill``), as far as that can
be said without a database: the names in the expressions are those of the configuration that is applied there.
"""

from runtime.base.diagnostic import Span
from runtime.expressions.reading import read
from runtime.language.draft import Draft, diagnostic
from runtime.language.nodes import MapNode, Scalar
from runtime.language.resolve.expressions import HELP, is_expression
from runtime.language.shape import Path
from runtime.model.catalog import Field
from runtime.model.conversion import Conversion, Written

KEYS = ("convert", "split", "merge", "fill")


def conversion_of(draft: Draft, field: Field, node: MapNode, path: Path) -> Conversion | None:
    """What a field says of its values before; None when it says nothing. What cannot be is noted."""
    written = [key for key in KEYS if key in node.items]
    if not written:
        return None
    unfit = _unfit(field, node, path)
    if unfit:
        for key in written:
            draft.note("conversion", key, node.keys[key], (*path, key), (), unfit)
        return None
    convert = node.map("convert")
    scalar = node.scalar("convert") if convert is None else convert.scalar("value")
    place = (*path, "convert") if convert is None else (*path, "convert", "value")
    merge = node.list("merge")
    found = Conversion(
        node.keys[written[0]].span,
        value=_written(draft, scalar, place),
        fill=_written(draft, node.scalar("fill"), (*path, "fill")),
        split=node.text("split"),
        merge=tuple(str(one.plain) for one in merge.items) if merge else (),
        match=convert.text("match") if convert else None,
        create=convert.flag("create", False) if convert else False,
    )
    _check(draft, field, node, found, path)
    return found


def _unfit(field: Field, node: MapNode, path: Path) -> str:
    if "formula" in node.items:
        return "Its formula alone gives its value."
    if "link" in path:
        return "The attributes of links are not converted."
    if field.type in ("secret", "file", "files", "image", "auto_number"):
        return f"A field of the type {field.type} is not made of other values."
    return ""


def _written(draft: Draft, node: Scalar | None, path: Path) -> Written | None:
    """The expression behind the =; its form is checked here, its names when a plan is made."""
    if node is None:
        return None
    if not is_expression(node):
        key = path[-1] if path[-1] != "value" else "convert"
        about = "What gives the value is an expression, and stands behind an =."
        draft.note("conversion", key, node, path, (), about)
        return None

    def locate(start: int, end: int) -> Span:
        return node.locate(start + 1, end + 1)

    text = node.text.rstrip()[1:]
    _, findings = read(text)
    draft.found += [
        diagnostic(one.code.name, one.message, locate(one.start, one.end), path, one.help or HELP)
        for one in findings
    ]
    return Written(text, node.span, locate)


def _check(draft: Draft, field: Field, node: MapNode, found: Conversion, path: Path) -> None:
    def note(key: str, about: str) -> None:
        draft.note("conversion", key, node.keys[key], (*path, key), (), about)

    if found.split is not None and found.merge:
        note("merge", "A field is either a part of another one, or made of several.")
    elif found.split is not None and found.value is None and "convert" not in node.items:
        place = node.keys["split"].span
        draft.note("conversion_whole", found.split, place, (*path, "split"), (), field.module)
    if (found.match is not None or found.create) and not field.targets:
        note("convert", "Only a field that points at records finds them by a match, or creates them.")
    if found.create and len(field.targets) != 1:
        note("convert", "Records are created in the one module that the field points at, and it has several.")
    if found.fill is not None and (field.targets or draft.types[field.type].linked):
        note("fill", "Only a value is filled in, and no record.")
    if found.fill is not None and not field.required:
        note("fill", "It is for the records that have no value when the field becomes required.")
