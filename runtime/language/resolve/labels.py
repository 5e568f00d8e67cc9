"""Labels: what is written beside a thing, the texts of the translations over it, and a default made from
the key.
"""

from collections.abc import Iterable, Iterator
from types import MappingProxyType

from runtime.language.draft import Draft
from runtime.language.mentions import thing_at
from runtime.language.nodes import MapNode, Node, Scalar
from runtime.language.shape import Path
from runtime.model.label import ANY, Label

CONTAINERS = frozenset(("fields", "values", "rows", "inverse", "tabs", "side", "link"))
"""Maps whose keys are names of things, so that a key ``label`` in one is a thing called label."""


class Labels:
    """Gives every thing its label. ``*`` in a translation's path stands for any module: the texts of
    defaults.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.texts: dict[Path, dict[str, str]] = {}
        self.places: dict[tuple[str, Path], tuple[Node, Path]] = {}
        self.used: set[Path] = set()
        for language, tree in draft.trees.get("translations", {}).items():
            for path, node, place in _leaves(tree, (), ("translations", language)):
                if not isinstance(node, Scalar) or not isinstance(node.value, str):
                    draft.note("translation_text", "", node, place)
                    continue
                self.texts.setdefault(path, {})[language] = node.value
                self.places[(language, path)] = (node, place)

    def of(self, path: Path, node: Node | None, otherwise: Label, place: Path = ()) -> Label:
        """The label of the thing at a path: its own texts, then the translations' over them."""
        self.used.add(path)
        texts = self._written(node, place or path) or dict(otherwise.texts)
        translated = self.texts.get(path)
        if translated:
            texts = {**texts, **translated}
            self._mention(path, translated)
        elif not texts:
            return otherwise
        return Label(MappingProxyType(texts))

    def named(self, path: Path, node: MapNode | None, key: str = "label") -> Label:
        """The label of a thing that has a key of its own; made from the key when none is written."""
        return self.of(path, node.get(key) if node else None, Label.from_key(path[-1]), (*path, key))

    def optional(self, path: Path, node: Node | None) -> Label | None:
        """A text that may be left out: a field's help."""
        if node is None and path not in self.texts:
            self.used.add(path)
            return None
        return self.of(path, node, Label.of(""))

    def unused(self) -> Iterator[tuple[str, Path, Node, Path]]:
        """The translations of things that are not there: language, path, node and its place."""
        for (language, path), (node, place) in self.places.items():
            if path not in self.used:
                yield language, path, node, place

    def _mention(self, path: Path, languages: Iterable[str]) -> None:
        thing = thing_at(path)
        if thing is not None:
            for language in languages:
                node, place = self.places[(language, path)]
                self.draft.mention(place, node, thing, "names")

    def _written(self, node: Node | None, place: Path) -> dict[str, str]:
        if isinstance(node, Scalar):
            return {ANY: str(node.value)}
        if not isinstance(node, MapNode):
            return {}
        texts: dict[str, str] = {}
        for language, text in node.items.items():
            texts[language] = str(text.plain)
            if language not in self.draft.pack.languages and node.source.layer == self.draft.top_layer:
                self.draft.note(
                    "label_language",
                    language,
                    node.keys[language],
                    (*place, language),
                    self.draft.pack.languages,
                )
        return texts


def _leaves(tree: MapNode, path: Path, place: Path) -> Iterator[tuple[Path, Node, Path]]:
    """The texts of a translation by what they translate; the last ``label`` is left out."""
    for key, node in tree.items.items():
        if isinstance(node, MapNode):
            yield from _leaves(node, (*path, key), (*place, key))
        elif (
            key == "label" and len(path) >= 2 and path[-1] not in CONTAINERS and not _is_list_of_things(path)
        ):
            yield path, node, (*place, key)
        else:
            yield (*path, key), node, (*place, key)


def _is_list_of_things(path: Path) -> bool:
    return path[0] == "filters" and len(path) == 2
