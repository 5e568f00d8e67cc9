"""A pack's folder: which files of it are configuration, read as text within limits; what lies wrong is
said.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from runtime.base.diagnostic import Diagnostic, Span
from runtime.language import pack_codes, reading_codes
from runtime.language.read import FILE_BYTES, decode

FILES = 2000
"""The most files a pack has: a hundred modules with layouts, filters and picklists are four hundred."""
ROOTS = ("schemas", "formulas", "templates/mail", "templates/documents", "translations", "data")
"""The folders that are looked into, beside ``pack.yaml``."""
ENDINGS = (".yaml", ".yml")
MORE_ENDINGS = {"data": (".csv",)}
"""What is read besides, in some of the folders."""


def read_folder(folder: Path) -> tuple[dict[str, str], list[Diagnostic]]:
    """The text of each configuration file by its path inside the folder, sorted."""
    files: dict[str, str] = {}
    found: list[Diagnostic] = []
    root = folder.resolve()
    for path in _candidates(folder):
        name = printable(path.relative_to(folder).as_posix())
        if len(files) >= FILES:
            found.append(
                Diagnostic(
                    reading_codes.TOO_MANY.name,
                    f"the pack has more than {FILES:,} files",
                    Span.point(name),
                    help="split it into packs that stand on one another",
                )
            )
            break
        if not path.resolve().is_relative_to(root):
            found.append(
                Diagnostic(
                    pack_codes.OUTSIDE.name,
                    "this is a link to a place outside the pack",
                    Span.point(name),
                    help="copy the file into the pack",
                )
            )
            continue
        try:
            content = _content(path)
        except OSError as error:
            found.append(
                Diagnostic(
                    reading_codes.UNREADABLE.name,
                    f"the file cannot be read: {error.strerror or error}",
                    Span.point(name),
                    help="look at its rights, and whether it is a file at all",
                )
            )
            continue
        files[name], problems = decode(name, content)
        found += problems
        if problems:
            del files[name]
    return files, found


def printable(name: str) -> str:
    """A file's name as text, whatever bytes the file system has."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise OSError(0, "it is no regular file")
    with path.open("rb") as file:
        return file.read(FILE_BYTES + 1)


def _candidates(folder: Path) -> Iterator[Path]:
    """Everything that could be meant as a configuration file, links to folders included (to be refused)."""
    pack = folder / "pack.yaml"
    if pack.exists() or pack.is_symlink():
        yield pack
    for name in ROOTS:
        endings = (*ENDINGS, *MORE_ENDINGS.get(name, ()))
        for here, folders, files in os.walk(folder / name):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for one in sorted(files):
                if one.lower().endswith(endings) and not one.startswith("."):
                    yield Path(here, one)
            for one in folders:
                if Path(here, one).is_symlink():
                    yield Path(here, one)


def layer_files(files: Mapping[str, str], prefix: str) -> Mapping[str, str]:
    """The files of a layer by the names that diagnostics use: those of lower layers begin with the layer's
    name.
    """
    return {f"{prefix}{name}": text for name, text in files.items()}
