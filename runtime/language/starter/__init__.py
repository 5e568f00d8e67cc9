"""The pack to begin with, and the schemas that lie beside it.

Entry: :func:`write_pack` and :func:`write_schemas`. The folder ``pack`` holds the files as they are
written, save for the pack's title.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.editor import editor_schemas, readme
from runtime.language.load import known_kinds

SCHEMAS = ".trellis"
"""The folder of a pack that its editor schemas lie in."""
TITLE = "My CRM"


class NotEmptyError(Exception):
    """The folder has something in it already."""


def write_schemas(folder: Path, types: Registry[FieldType]) -> int:
    """Write one schema a kind of file, and a README; how many schemas. Raises OSError."""
    kinds = known_kinds()
    schemas = editor_schemas(kinds, types)
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    (folder / "README.md").write_text(readme(kinds), encoding="utf-8")
    return len(schemas)


def write_pack(folder: Path, types: Registry[FieldType]) -> None:
    """Write the pack into a new or empty folder, titled after it. Raises NotEmptyError and OSError."""
    if folder.is_dir() and any(folder.iterdir()):
        raise NotEmptyError
    title = re.sub(r"[\W_]+", " ", folder.resolve().name).strip().title() or TITLE
    for name, text in _files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(f"title: {TITLE}", f"title: {json.dumps(title)}"), encoding="utf-8")
    write_schemas(folder / SCHEMAS, types)


def _files() -> Iterator[tuple[str, str]]:
    """Each file of the pack, with the line that tells an editor its schema."""
    root = Path(__file__).parent / "pack"
    places = {kind.file or kind.folder: kind.name for kind in known_kinds().values()}
    for path in sorted(root.rglob("*.yaml")):
        name = path.relative_to(root)
        kind = places.get(name.as_posix()) or places[name.parent.as_posix()]
        up = "../" * (len(name.parts) - 1)
        modeline = f"# yaml-language-server: $schema={up}{SCHEMAS}/{kind}.schema.json\n"
        yield name.as_posix(), modeline + path.read_text(encoding="utf-8")
