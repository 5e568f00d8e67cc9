"""Packs: the folder that was asked for and those it stands on, found and put in order, lowest first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import runtime
from runtime.base.diagnostic import Diagnostic, Span
from runtime.language import pack_codes as codes
from runtime.language.folder import read_folder
from runtime.language.nodes import MapNode, Node
from runtime.language.read import read
from runtime.language.source import Source
from runtime.language.version import fits, read_range, read_version
from runtime.language.words import shown
from runtime.model.catalog import Layer

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
SYSTEM = "system"
"""The lowest layer: users, groups and files. It comes with the program and is never part of a revision."""
STANDARD = "standard"
"""The pack that comes with the program."""
SITE = "site"
"""The uppermost layer: what administrators change in the browser. It is in no folder, only in revisions."""


@dataclass(frozen=True, slots=True)
class LayerFiles:
    """One layer with the text of its files, by their paths inside it."""

    layer: Layer
    files: Mapping[str, str]


def system_layer() -> LayerFiles:
    """The lowest layer, from the program's own folder."""
    folder = Path(__file__).parent / "system"
    files, _ = read_folder(folder)
    return LayerFiles(Layer(SYSTEM, "Trellis", runtime.__version__, ""), files)


def site_layers(layers: Sequence[LayerFiles]) -> tuple[LayerFiles, ...]:
    """The layer of the site, where there is one: it stays on top whatever comes below it."""
    return tuple(each for each in layers if each.layer.name == SITE)


def standard_folder() -> Path | None:
    """Where the standard pack lies: inside the installed package, or around it in a checkout."""
    package = Path(runtime.__file__).parent
    for folder in (package / STANDARD, package.parent):
        if (folder / "pack.yaml").is_file():
            return folder
    return None


def stack(
    pack: Path, packs: Sequence[Path] = (), standard: Path | None = None
) -> tuple[list[LayerFiles], list[Diagnostic]]:
    """The layers of a pack, lowest first and without the system's, and what is wrong with how they stand.

    ``standard`` is a folder that stands for the standard pack, whatever it is called.
    """
    search = _Stack(packs, standard)
    search.add(pack.resolve(), None, None, is_top=True)
    return search.layers, search.found


class _Stack:
    def __init__(self, packs: Sequence[Path], standard: Path | None) -> None:
        self.packs = [folder.resolve() for folder in packs]
        self.standard = standard.resolve() if standard is not None else None
        self.layers: list[LayerFiles] = []
        self.found: list[Diagnostic] = []
        self.below: list[Path] = []

    def add(self, folder: Path, bounds: Node | None, wanted: str | None, *, is_top: bool = False) -> None:
        """Put a pack on the stack, after those it stands on."""
        name = STANDARD if folder in (self.standard, standard_folder()) else _name_of(folder)
        prefix = "" if is_top else f"{name}/"
        if folder in self.below:
            self._report(
                codes.CIRCLE.name, f'the pack "{name}" stands on itself', bounds, "take one of the two out"
            )
            return
        known = next((layer for layer in self.layers if layer.layer.folder == str(folder)), None)
        if known is not None:
            self._check_version(known.layer, bounds)
            return
        if not (folder / "pack.yaml").is_file():
            self.found.append(
                Diagnostic(
                    codes.NO_PACK.name,
                    "there is no pack.yaml here",
                    Span.point(f"{prefix}pack.yaml"),
                    help="name the folder of a pack, or write one with: trellis new FOLDER",
                )
            )
            return
        files, problems = read_folder(folder)
        self.found += [_renamed(problem, prefix) for problem in problems]
        about, _ = read(Source(f"{prefix}pack.yaml", files.get("pack.yaml", ""), name, "pack.yaml"))
        about = about if isinstance(about, MapNode) else None
        self.below.append(folder)
        for required, needed in list((about.map("requires") or _EMPTY).items.items()) if about else []:
            self._require(folder, required, needed)
        self.below.pop()
        title = (about.text("title") if about else None) or name
        version = (about.text("version") if about else None) or "0.0.0"
        layer = Layer(name, title, version, str(folder))
        self._check_version(layer, bounds)
        self.layers.append(LayerFiles(layer, files))

    def _require(self, folder: Path, name: str, bounds: Node) -> None:
        """Find a required pack and put it below."""
        if not isinstance(bounds.plain, str):
            return
        if read_range(bounds.plain) is None:
            self._report(
                codes.NO_VERSION.name,
                f"{shown(bounds.plain)} is no range of versions",
                bounds,
                'write it as ">=1.0, <2"',
            )
            return
        found = self._find(folder, name)
        if found is None:
            beside = "beside this pack, in a folder packs, and where --packs points"
            self._report(
                codes.NOT_FOUND.name,
                f"the pack {shown(name)} is not found",
                bounds,
                f"it is looked for {beside}",
            )
            return
        self.add(found, bounds, name)

    def _find(self, folder: Path, name: str) -> Path | None:
        if not NAME.fullmatch(name):
            return None
        if name == STANDARD and self.standard is not None:
            return self.standard
        places = [*self.packs, folder.parent, folder.parent / "packs", folder / "packs"]
        for place in places:
            if (place / name / "pack.yaml").is_file():
                return (place / name).resolve()
        return standard_folder() if name == STANDARD else None

    def _check_version(self, layer: Layer, bounds: Node | None) -> None:
        wanted = bounds.plain if bounds is not None else None
        ranges = read_range(wanted) if isinstance(wanted, str) else None
        version = read_version(layer.version)
        if ranges is None or version is None or fits(version, ranges):
            return
        self._report(
            codes.WRONG_VERSION.name,
            f'the pack "{layer.name}" is version {layer.version}, and {wanted} is needed',
            bounds,
            f"take another version of {layer.name}, or widen the range",
        )

    def _report(self, code: str, message: str, at: Node | None, help: str) -> None:
        span = at.span if at is not None else Span.point("pack.yaml")
        self.found.append(Diagnostic(code, message, span, "pack.requires", help))


def _name_of(folder: Path) -> str:
    """The name of its layer: its own, unless one of the layers that are in no folder is called that."""
    return f"{folder.name}-pack" if folder.name in (SYSTEM, SITE) else folder.name


_EMPTY = MapNode(Source("", ""), 0, 0, {}, {})


def _renamed(problem: Diagnostic, prefix: str) -> Diagnostic:
    span = problem.span
    named = Span(f"{prefix}{span.file}", span.line, span.column, span.end_line, span.end_column)
    return Diagnostic(problem.code, problem.message, named, problem.path, problem.help, problem.severity)
