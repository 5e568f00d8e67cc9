"""Load: a pack's folder, or the text of its layers, into a Catalog or into everything that is wrong."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from runtime.base.diagnostic import Diagnostic, Severity, Span, has_errors
from runtime.base.registry import Registry, discover
from runtime.expressions.language import Language
from runtime.fields.base import FieldType
from runtime.language import kinds, later, pack_codes, reading_codes
from runtime.language import shape_codes as shapes
from runtime.language.checks.base import Check
from runtime.language.checks.formula_example import examples_of
from runtime.language.draft import Draft
from runtime.language.earlier.following import Following, Use
from runtime.language.earlier.rewriting import rewritten
from runtime.language.earlier.settled import settled
from runtime.language.kinds.base import Kind
from runtime.language.mentions import Mention
from runtime.language.merge import Merge
from runtime.language.nodes import MapNode, Node
from runtime.language.packs import SITE, SYSTEM, LayerFiles, stack, system_layer
from runtime.language.places import Place, place_of
from runtime.language.report import in_order
from runtime.language.resolve.filters import frozen
from runtime.language.resolve.whole import resolve
from runtime.language.shape import ShapeCheck, Shapes
from runtime.language.shelf import Shelf
from runtime.language.source import Source
from runtime.language.words import shown
from runtime.model.catalog import Catalog, Layer
from runtime.model.label import Label

TOLD = 1000
"""How many findings of one file are told."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading. ``catalog`` is None when there are errors.

    ``diagnostics`` are in the order of files and lines. ``sources`` has each file's text by the name
    diagnostics call it: the files of the uppermost layer by their path in the pack, those below it with the
    layer's name before. ``layers`` are the texts that were loaded, lowest first and without the system's
    own, to be kept as a revision. ``examples`` is how many examples of formulas were tried; ``mentions`` are
    the names that it has of things, for where-used, and ``earlier`` those among them that are earlier ones.
    """

    catalog: Catalog | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    layers: tuple[LayerFiles, ...] = ()
    examples: int = 0
    mentions: tuple[Mention, ...] = ()
    earlier: tuple[Use, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether the configuration is refused."""
        return self.catalog is None


def load(
    pack: Path,
    *,
    packs: Sequence[Path] = (),
    standard: Path | None = None,
    above: Sequence[LayerFiles] = (),
    types: Registry[FieldType],
    checks: Registry[Check],
    language: Language,
    shelf: Shelf | None = None,
) -> Loaded:
    """Load a pack from its folder. ``packs`` are more folders to look for required packs in, and ``standard``
    is one that stands for the standard pack; ``above`` is what the site has on top, and ``shelf`` what other
    loads have read. Never raises for bad input.
    """
    layers, found = stack(pack, packs, standard)
    layers += above
    return load_sources(layers, types=types, checks=checks, language=language, found=found, shelf=shelf)


def load_sources(
    layers: Sequence[LayerFiles],
    *,
    types: Registry[FieldType],
    checks: Registry[Check],
    language: Language,
    found: Iterable[Diagnostic] = (),
    shelf: Shelf | None = None,
) -> Loaded:
    """Load layers from their text, lowest first; the system's own layer is put below them.

    ``found`` is what was wrong with the folders already, and ``shelf`` what other loads have read: most files
    of a configuration are those of the one before. In the layer that admins write in the browser
    earlier names are replaced by those of now: ``layers`` of what is given back have its new text.
    """
    whole = [system_layer(), *(layer for layer in layers if layer.layer.name != SYSTEM)]
    begun, shelf = list(found), shelf or Shelf()
    loaded = _Load(whole, types, checks, language, list(begun), shelf).run()
    if any(use.node.source.layer == SITE for use in loaded.earlier):
        # Nobody has a file of it to mend: it follows by itself.
        followed = [
            rewritten(layer, loaded.earlier) if layer.layer.name == SITE else layer for layer in whole
        ]
        loaded = _Load(followed, types, checks, language, list(begun), shelf).run()
    return loaded


def known_kinds() -> Registry[Kind]:
    """The kinds of files there are."""
    return Registry("kind of file", discover(kinds, Kind))  # type: ignore[type-abstract]


def _bounded(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, those of one file up to a limit; what is left out is said."""
    for _, group in groupby(found, key=lambda one: one.span.file):
        of_file = list(group)
        told, left_out = of_file[:TOLD], of_file[TOLD:]
        yield from told
        if left_out:
            yield Diagnostic(
                reading_codes.MORE.name,
                f"{len(left_out):,} more findings of this file are not told",
                told[-1].span,
                told[-1].path.partition(".")[0],
                "mend the first ones, and check again",
                Severity.ERROR if has_errors(left_out) else Severity.WARNING,
            )


class _Load:
    """One load: read, layer, check the shape, resolve, check the meaning."""

    def __init__(
        self,
        layers: list[LayerFiles],
        types: Registry[FieldType],
        checks: Registry[Check],
        language: Language,
        found: list[Diagnostic],
        shelf: Shelf,
    ) -> None:
        self.layers = layers
        self.shelf = shelf
        self.kinds = known_kinds()
        self.checks = checks
        self.found = found
        self.sources: dict[str, str] = {}
        self.draft = Draft(types, language)
        top = self._top().name
        self.draft.top_layer = "" if top == SYSTEM else top
        self.nodes: dict[tuple[str, str], list[MapNode]] = {}

    def run(self) -> Loaded:
        """See :func:`load`."""
        for problem in self.found:
            self._lose_file(problem.span.file)
        for layer in self.layers:
            self._read_layer(layer, is_top=layer.layer.name == self.draft.top_layer)
        # Where a pack below is missing, everything that stands on it would be blamed.
        is_whole = not any(one.code in pack_codes.LACKING for one in self.found)
        title = self._resolve() if is_whole else Label.of("")
        diagnostics = tuple(_bounded(in_order(self.found)))
        catalog = None if has_errors(diagnostics) else self._catalog(title)
        return Loaded(
            catalog,
            diagnostics,
            MappingProxyType(self.sources),
            tuple(layer for layer in self.layers if layer.layer.name != SYSTEM),
            sum(1 for _ in examples_of(self.draft)),
            tuple(self.draft.mentions),
            tuple(self.draft.uses),
        )

    def _top(self) -> Layer:
        """The uppermost pack, which the site's own layer stands on."""
        return next(each.layer for each in reversed(self.layers) if each.layer.name != SITE)

    def _resolve(self) -> Label:
        """Layer, check and resolve what was read; gives the CRM's title."""
        self._merge_and_check()
        title = resolve(self.draft)
        self.found += self.draft.found
        for check in self.checks.values():
            self.found += check.run(self.draft)
        return title

    def _place(self, path: str) -> Place:
        return place_of(path, self.kinds)

    def _read_layer(self, layer: LayerFiles, *, is_top: bool) -> None:
        prefix = "" if is_top else f"{layer.layer.name}/"
        for path in sorted(layer.files):
            text = layer.files[path]
            source = Source(f"{prefix}{path}", text, layer.layer.name, path)
            self.sources[source.name] = text
            place = self._place(path)
            if place.later:
                self._report_later(place.later, source)
            elif place.problem:
                self._report(shapes.MISPLACED.name, place.problem, source, place.help)
            elif twin := self._twin(source, place):
                help = "put all of it into one of the two"
                self._report(shapes.MISPLACED.name, f"{twin} is there already", source, help)
            else:
                self._read_file(source, place)

    def _twin(self, source: Source, place: Place) -> str | None:
        """The file of the same layer and key that was read before, with another ending."""
        before = self.nodes.get((place.kind, place.key), ())
        return before[-1].source.name if before and before[-1].source.layer == source.layer else None

    def _report_later(self, code: str, source: Source) -> None:
        message = f"this file is not read yet: {later.FEATURES[code]}"
        self._report(code, message, source, later.HELP)

    def _report(self, code: str, message: str, source: Source, help: str) -> None:
        self.found.append(Diagnostic(code, message, Span.point(source.name), source.stem, help))

    def _read_file(self, source: Source, place: Place) -> None:
        draft = self.draft
        draft.files.setdefault(place.kind, set()).add(place.key)
        if place.kind == "modules" and source.layer == SYSTEM:
            draft.system.add(place.key)
        node, found = self.shelf.read(source)
        self.found += found
        if found or node is None:
            self._lose(place)
        elif isinstance(node, MapNode):
            self.nodes.setdefault((place.kind, place.key), []).append(node)
        else:
            self._report_no_map(node, source)
            self._lose(place)

    def _report_no_map(self, node: Node, source: Source) -> None:
        message = f"{shown(node.plain)} stands here; it must be a map"
        help = "write keys and values: label: Deal"
        self.found.append(Diagnostic(shapes.WRONG_KIND.name, message, node.span, source.stem, help))

    def _lose_file(self, name: str) -> None:
        """A file that could not even be read as text; which layer it is in does not matter here."""
        for path in (name, name.partition("/")[2]):
            place = self._place(path)
            if place.kind:
                self.draft.files.setdefault(place.kind, set()).add(place.key)
                self._lose(place)

    def _lose(self, place: Place) -> None:
        self.draft.broken.add((place.kind, place.key))
        self.draft.is_blind = True

    def _merge_and_check(self) -> None:
        """Layer the files of each key, and keep what of each is sound."""
        draft = self.draft
        draft.files.setdefault("modules", set())
        definitions = {
            name: one for kind in self.kinds.values() for name, one in kind.definitions(draft.types).items()
        }
        check = ShapeCheck(Shapes(definitions))
        for (kind, key), nodes in self._followed().items():
            if (kind, key) in draft.broken:
                continue
            merge = Merge(kind)
            merged = merge.layers(nodes, key)
            self.found += merge.found
            draft.taken_out |= merge.taken_out
            sound = self.shelf.sound(check, kind, key, merged)
            if sound is not None:
                draft.trees.setdefault(kind, {})[key] = sound
            self._note_broken_words(check, kind, key, merged)
        self.found += check.found
        draft.broken |= check.broken
        draft.earlier = settled(draft.claims, draft.trees)

    def _followed(self) -> Mapping[tuple[str, str], Sequence[MapNode]]:
        """The files by the names of now."""
        draft = self.draft
        following = Following(self.nodes, self.kinds, [layer.layer.name for layer in self.layers])
        found = following.followed()
        draft.claims, draft.uses = following.declared.claims, following.uses
        for use in following.uses:
            if use.is_file:
                kind, now = use.path
                draft.files.setdefault(kind, set()).add(now)
                if (kind, use.old) not in found:
                    draft.files[kind].discard(use.old)
        return found

    def _note_broken_words(self, check: ShapeCheck, kind: str, key: str, merged: MapNode) -> None:
        """The names that an unsound module or field would have given: nobody is blamed for using them."""
        if kind != "modules" or not check.broken:
            return
        fields = merged.map("fields")
        for name, node in fields.items.items() if fields else ():
            path = (kind, key, "fields", name)
            if (kind, key) in check.broken or (kind, key, "fields") in check.broken or path in check.broken:
                self.draft.broken_words.add(name)
            if any(len(broken) >= 2 and broken[:2] == (kind, key) for broken in check.broken):
                inverse = node.text("inverse") if isinstance(node, MapNode) else None
                if inverse and (
                    path in check.broken or (*path, "inverse") in check.broken or (kind, key) in check.broken
                ):
                    self.draft.broken_words.add(inverse)

    def _catalog(self, title: Label) -> Catalog:
        draft = self.draft
        pack = draft.pack
        top = self._top()
        digest = hashlib.sha256()
        for name in sorted(self.sources):
            digest.update(f"{name}\0{len(self.sources[name])}\0{self.sources[name]}\0".encode())
        return Catalog(
            title=title,
            version=top.version,
            layers=tuple(layer.layer for layer in self.layers),
            languages=pack.languages,
            currency=pack.currency,
            timezone=pack.timezone,
            rates=pack.rates,
            constants=pack.constants,
            modules=MappingProxyType(draft.modules),
            picklists=MappingProxyType(draft.picklists),
            layouts=MappingProxyType(draft.layouts),
            filters=frozen(draft.filters),
            menu=draft.menu,
            roles=MappingProxyType(draft.roles),
            sources=MappingProxyType(self.sources),
            hash=digest.hexdigest(),
            settings=pack.settings,
            data=draft.data,
            computed=draft.computed,
            earlier=draft.earlier,
            access=draft.access,
            workflows=MappingProxyType(draft.workflows),
            letters=MappingProxyType(draft.letters),
            documents=MappingProxyType(draft.documents),
            tools=MappingProxyType({key: MappingProxyType(each) for key, each in draft.tools.items()}),
            jobs=MappingProxyType(draft.jobs),
            approvals=MappingProxyType(draft.approvals),
            procedures=MappingProxyType(draft.procedures()),
            asking=MappingProxyType(draft.asking()),
        )
