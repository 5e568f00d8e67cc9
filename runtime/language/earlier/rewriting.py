"""The text of a layer by the names of now: each earlier name in it is replaced at its exact place."""

from collections.abc import Iterable

from runtime.language.earlier.following import Use
from runtime.language.nodes import Scalar
from runtime.language.packs import LayerFiles
from runtime.language.splice import Change, spliced


def rewritten(layer: LayerFiles, uses: Iterable[Use]) -> LayerFiles:
    """The layer's files with the names of now, in their text and as their own; nothing else changes."""
    changes: dict[str, list[Change]] = {}
    moved: dict[str, str] = {}
    for use in uses:
        source = use.node.source
        if source.layer != layer.layer.name:
            continue
        if use.is_file:
            folder, slash, file = source.path.rpartition("/")
            moved[source.path] = f"{folder}{slash}{use.now}.{file.rpartition('.')[2]}"
        elif isinstance(use.node, Scalar) and use.end > use.start:
            places = use.node.offsets()
            change = Change(places[use.start], places[use.end - 1] + 1, use.now)
            changes.setdefault(source.path, []).append(change)
    files = {
        moved.get(path, path): spliced(text, changes.get(path, ())) for path, text in layer.files.items()
    }
    return LayerFiles(layer.layer, files)
