"""The interface's words: collects every text that is shown to people, and says what a language still lacks.

``python -m tools.messages`` brings ``runtime/locale/*.po`` up to date: new texts come in without a
translation, texts that are gone go. Exit status 1 when one is left to be translated.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "runtime" / "locale"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "message": None,
    "phrase": None,
    "translate": None,
    "refuse": (2,),
    "later": None,
}
"""The calls whose text is shown to people; the second argument where the first is a field."""
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}|%\((\w+)\)s")


def texts() -> list[str]:
    """Every text of the program and its templates, sorted."""
    found = set(_extracted(ROOT / "runtime", [("**.py", "python")]))
    found.update(_extracted(ROOT / "templates", [("**.html", "jinja2")]))
    return sorted(found)


def _extracted(folder: Path, methods: list[tuple[str, str]]) -> Iterator[str]:
    for _file, _line, text, _comments, _context in extract_from_dir(folder, methods, keywords=KEYWORDS):
        if isinstance(text, str) and text:
            yield text
        elif isinstance(text, tuple):
            yield text[0]


def update(path: Path, wanted: list[str]) -> list[str]:
    """Bring one catalog up to date; gives what it lacks."""
    with path.open("rb") as file:
        old = read_po(file, locale=path.stem)
    known = {str(entry.id): str(entry.string) for entry in old if entry.id}
    new = Catalog(locale=path.stem, project="Trellis", charset="utf-8", fuzzy=False)
    for text in wanted:
        new.add(text, known.get(text, ""))
    written = io.BytesIO()
    write_po(written, new, width=110, omit_header=True, no_location=True)
    path.write_bytes(written.getvalue())
    return [text for text in wanted if not known.get(text)]


def bent(path: Path) -> list[str]:
    """The texts of a catalog whose translation does not have the same places in it."""
    with path.open("rb") as file:
        entries = [
            (str(entry.id), str(entry.string)) for entry in read_po(file, locale=path.stem) if entry.id
        ]
    return [text for text, said in entries if said and set(PLACE.findall(text)) != set(PLACE.findall(said))]


def main() -> int:
    """Update every catalog, and print what is missing."""
    wanted = texts()
    lacking = 0
    for path in sorted(LOCALE.glob("*.po")):
        missing, wrong = update(path, wanted), bent(path)
        for text in missing:
            print(f"{path.name}: not translated: {text}")
        for text in wrong:
            print(f"{path.name}: other places than in the text: {text}")
        lacking += len(missing) + len(wrong)
    print(f"{len(wanted)} texts; {lacking} to be translated.")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
