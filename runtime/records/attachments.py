"""Attachments: uploaded content kept once, and a record of the module ``files`` for each upload."""

from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection, select

from runtime.base.messages import Message
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.records.save import Writer
from runtime.storage.database import Database
from runtime.storage.files import FileStore


class UploadRefusedError(Exception):
    """An upload that is not kept; the message says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file's record: what it is called, what it holds, and where its content lies."""

    id: int
    name: str
    content_type: str
    size: int
    sha256: str


class Attachments:
    """Keeps and finds files. Whoever may see the file's record may read it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def keep(
        self,
        database: Database,
        store: FileStore,
        name: str,
        content: BinaryIO,
        actor: Actor,
        parsing: Parsing,
    ) -> int:
        """Keep an upload and give the id of its record; raises :class:`UploadRefusedError`.

        The content is stored before its record: a failure in between leaves content that no record names,
        which the clean-up of files removes, and never a record without its content.
        """
        kept = store.keep(content)
        values = {
            "name": name,
            "content_type": kept.content_type,
            "size": kept.size,
            "sha256": kept.sha256,
        }
        with database.write() as tx:
            outcome = self._writer.save(tx, [Change("files", values)], actor, parsing)[0]
        if isinstance(outcome, Refused):
            raise UploadRefusedError(
                next(reason for reasons in outcome.errors.values() for reason in reasons)
            )
        return outcome.id

    def find(self, connection: Connection, actor: Actor, file_id: int) -> Attachment | None:
        """The file of an id; None when there is none, or the reader may not see it."""
        if not self._writer.judge.may(actor, "files", "read").allowed:
            return None
        table = self._writer.plans.workplace.tables.module("files")
        columns = [table.columns[key][0] for key in ("id", "name", "content_type", "size", "sha256")]
        row = connection.execute(
            select(*columns).where(columns[0] == file_id, table.columns["deleted_at"][0].is_(None))
        ).first()
        return Attachment(*row) if row is not None else None
