"""A pack of one module for tests of the commands, and how they are run."""

import io
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from runtime.assembly import House
from runtime.cli import command_files, load_command

DEAL = """\
label: Deal
fields:
  name: {type: text}
"""


def make_pack(folder: Path) -> Path:
    """A pack of one module, deals."""
    (folder / "schemas" / "modules").mkdir(parents=True)
    (folder / "pack.yaml").write_text("title: Acme\nversion: 1.0.0\n")
    write(folder, DEAL)
    return folder


def write(pack: Path, deal: str) -> None:
    """Save the module."""
    (pack / "schemas" / "modules" / "deals.yaml").write_text(deal)


@dataclass(frozen=True)
class Trellis:
    """Runs commands on one database."""

    url: str
    folder: Path

    def __call__(self, command: str, *arguments: object) -> tuple[int, str]:
        """The exit code, and what was printed."""
        out = io.StringIO()
        house = House({"TRELLIS_DATABASE": self.url}, out, out, folder=self.folder)
        chosen = load_command(command_files()[command])
        parser = ArgumentParser()
        chosen.configure(parser)
        return chosen.run(parser.parse_args([*map(str, arguments)]), house), out.getvalue()
