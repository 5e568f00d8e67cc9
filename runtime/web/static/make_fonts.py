"""Splits Inter's extended Latin: python make_fonts.py inter-latin-ext-wght-normal.woff2.

The file is of @fontsource-variable/inter; it takes `pip install fonttools brotli`. A page with a š then
fetches a quarter of it.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PARTS = {
    "inter-latin-ext-a.woff2": "U+0100-017F, U+0218-021B, U+20A0-20AB, U+20AD-20C0",
    "inter-latin-ext.woff2": (
        "U+0180-0217, U+021C-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF,"
        " U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+2113, U+2C60-2C7F, U+A720-A7FF"
    ),
}
"""The letters of each file, as app.css names them: those of Europe's languages and of money; all others."""


def main(source: Path) -> None:
    """Writes the files beside this one."""
    for name, letters in PARTS.items():
        subset = [
            sys.executable,
            "-m",
            "fontTools.subset",
            str(source),
            f"--unicodes={letters.replace(' ', '')}",
        ]
        made = [*subset, "--flavor=woff2", "--layout-features=*", f"--output-file={HERE / name}"]
        subprocess.run(made, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
