"""Places: what a file is, told by where it lies in its pack."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.language import later
from runtime.language.kinds.base import Kind
from runtime.language.words import names, near

ENDING = ".yaml"


@dataclass(frozen=True, slots=True)
class Place:
    """A file's kind and key; or the code of what is not there yet; or why it is not read where it lies."""

    kind: str = ""
    key: str = ""
    later: str = ""
    problem: str = ""
    help: str = ""


def place_of(path: str, kinds: Mapping[str, Kind]) -> Place:
    """What the file at a path inside a pack is."""
    folder, _, file = path.rpartition("/")
    stem, dot, ending = file.rpartition(".")
    for kind in kinds.values():
        if kind.folder and folder == kind.folder and dot + ending in kind.endings:
            return Place(kind.name, stem)
    if dot + ending != ENDING:
        return Place(
            problem=f'"{file}" is not read: a configuration file ends in .yaml',
            help=f"rename it to {stem}.yaml",
        )
    for kind in kinds.values():
        if path == kind.file:
            return Place(kind.name, kind.name)
    for later_folder, code in later.FOLDERS.items():
        if folder == later_folder or folder.startswith(f"{later_folder}/"):
            return Place(later=code)
    folders = [kind.folder for kind in kinds.values() if kind.folder]
    files = [kind.file for kind in kinds.values() if kind.file]
    nearest = near(path, files) if folder in ("", "schemas") else near(folder, [*folders, *later.FOLDERS])
    return Place(
        problem="no configuration is read from here",
        help=nearest or f"files lie in {names(folders)}, or are {names(files)}",
    )
