"""A terminal on a site of its own, for tests of commands."""

from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from textwrap import dedent

from runtime.cli import command_files, load_command
from tests.support.house import make_house


class Terminal:
    """A terminal on a site of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.out, self.err = StringIO(), StringIO()
        environment = {"TRELLIS_DATABASE": url}
        self.house = make_house(environment, self.out, self.err, folder=folder)

    def run(self, command: str, *words: object) -> tuple[int, str]:
        """Run a command; gives the exit code and what it printed."""
        parser, found = ArgumentParser(), load_command(command_files()[command])
        found.configure(parser)
        self.out.truncate(0)
        self.out.seek(0)
        code = found.run(parser.parse_args([str(word) for word in words]), self.house)
        return code, self.out.getvalue()

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path
