"""A desk for these tests: a CRM with records and files, on which a command is given as at a terminal."""

import hashlib
import os
from argparse import ArgumentParser
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from runtime.cli import command_files, load_command
from runtime.cli.base import CommandError
from runtime.identity.actor import SYSTEM
from runtime.records.change import Change, Saved
from runtime.storage.copying import sqlite_file
from runtime.storage.inspect import inspect
from tests.support.crm import App
from tests.support.house import make_house
from tests.support.programs import find_postgresql

PACK = """
    schemas/modules/deals.yaml:
      title: name
      search: [name]
      fields:
        name: {type: text, required: true}
        amount: {type: money}
        paper: {type: file}
        token: {type: secret}
        total: {type: money, formula: sum(items.price)}
      rows:
        items: {module: deal_items}
    schemas/modules/deal_items.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        price: {type: money}
"""


def environment(url: str, **others: str) -> dict[str, str]:
    """What a process is told, with the programs of the tests' own PostgreSQL."""
    programs = find_postgresql()
    told = {"TRELLIS_POSTGRESQL_PROGRAMS": str(programs)} if programs else {}
    return {"TRELLIS_DATABASE": url, "PATH": os.environ["PATH"], **told, **others}


def command(folder: Path, told: dict[str, str], *words: str) -> tuple[int, str]:
    """Give a command in a folder: its exit code, and all that it said."""
    out = StringIO()
    house = make_house(told, out, out, folder=folder)
    chosen = load_command(command_files()[words[0]])
    parser = ArgumentParser()
    chosen.configure(parser)
    try:
        code = chosen.run(parser.parse_args(words[1:]), house)
    except CommandError as error:
        print(error, file=out)
        code = error.exit_code
    return code, out.getvalue()


@dataclass
class Desk:
    """A CRM, the address of its database, and the folder that its ``var`` lies in."""

    app: App
    url: str
    folder: Path

    def __call__(self, *words: str, **others: str) -> tuple[int, str]:
        """Give a command to this site."""
        return command(self.folder, environment(self.url, **others), *words)

    def add_deals(self, *names: str) -> list[int]:
        """Deals with two rows and a file each."""
        live = self.app.site.live
        parsing = live.parsing(SYSTEM, "rest")
        changes = []
        for name in names:
            paper = live.attachments.keep(
                self.app.site.database,
                self.app.site.files,
                f"{name}.txt",
                BytesIO(f"The contract of {name}.".encode()),
                SYSTEM,
                parsing,
            )
            items = [{"name": "one", "price": "1.50"}, {"name": "two", "price": "2.25"}]
            changes.append(Change("deals", {"name": name, "amount": "10", "paper": paper, "items": items}))
        with self.app.site.database.write() as tx:
            outcomes = live.writer.save(tx, changes, SYSTEM, parsing)
        assert all(isinstance(outcome, Saved) for outcome in outcomes)
        return [outcome.id for outcome in outcomes if isinstance(outcome, Saved)]

    def close(self) -> None:
        """Let nobody have the database open."""
        self.app.site.close()

    def backup(self, name: str = "kept.zip") -> Path:
        """A backup of now."""
        file = self.folder / name
        code, said = self("backup", str(file))
        assert code == 0, said
        return file

    @property
    def rows(self) -> dict[str, list[Any]]:
        """Everything that the database holds, but when it was backed up."""
        return rows_of(self.app.site.database)

    @property
    def papers(self) -> dict[str, str]:
        """What the file store holds, each by its own digest."""
        return papers_in(self.app.site.settings.files)

    def is_there(self) -> bool:
        """Whether anything was written to the database's file."""
        file = sqlite_file(self.url)
        return file is None or (file.exists() and file.stat().st_size > 0)


def rows_of(database: Any) -> dict[str, list[Any]]:
    """Every row of every table, sorted; search indexes follow from them."""
    with database.snapshot() as connection:
        names = [name for name in inspect(connection, database.schema).tables if "__search" not in name]
        found = {
            name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"'))) for name in names
        }
    found["trellis_counters"] = [row for row in found["trellis_counters"] if "'backup'" not in row]
    return found


def papers_in(folder: Path) -> dict[str, str]:
    """The content that a file store holds, by the names of its files."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.glob("??/*"))
        if "." not in file.name
    }
