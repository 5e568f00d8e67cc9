"""Builds the sprite icons.svg from icons.txt: python make_icons.py FOLDER_OF_@tabler/icons."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>")


def symbol(name: str, package: Path) -> str:
    """One <symbol> of the sprite; a name ending in -filled is taken from the filled set."""
    kind, file = ("filled", name.removesuffix("-filled")) if name.endswith("-filled") else ("outline", name)
    svg = (package / "icons" / kind / f"{file}.svg").read_text(encoding="utf-8")
    shapes = [shape for shape in SHAPES.findall(svg) if 'd="M0 0h24v24H0z"' not in shape]
    paint = ' fill="currentColor" stroke="none"' if kind == "filled" else ""
    return f'<symbol id="tabler-{name}" viewBox="0 0 24 24"{paint}>{"".join(shapes)}</symbol>'


def main(package: Path) -> None:
    """Writes icons.svg beside this file."""
    lines = (HERE / "icons.txt").read_text(encoding="utf-8").splitlines()
    names = sorted({name for line in lines if not line.startswith("#") for name in line.split()})
    body = "\n".join(symbol(name, package) for name in names)
    sprite = f'<!-- The icons of the screens; built by make_icons.py, do not edit. -->\n<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'
    (HERE / "icons.svg").write_text(sprite, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
