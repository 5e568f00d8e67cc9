"""Attachments: uploaded content kept once, and a record of the module ``files`` for each upload."""

import io
from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

from sqlalchemy import Connection, select

from runtime.base.messages import Message
from runtime.fields.base import Parsing
from runtime.identity.actor import Actor
from runtime.records.change import Change, Refused
from runtime.records.save import Writer
from runtime.storage.database import Database
from runtime.storage.files import FileStore
from runtime.storage.pictures import NoPictureError, measure, preview

MOST = 1000
"""So many files of one record are told."""


def hang(module: str, record_id: int, file_id: int) -> Change:
    """The change that hangs a file on a record by itself, whatever fields its module has."""
    return Change("files", {"module": module, "record": record_id}, file_id)


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
    width: int | None = None
    module: str | None = None
    record: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it was found to be a picture when it was kept."""
        return self.width is not None


class Attachments:
    """Keeps and finds files. Whoever may see the file's record may read it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._drawing = Lock()

    def keep(
        self,
        database: Database,
        store: FileStore,
        name: str,
        content: BinaryIO,
        actor: Actor,
        parsing: Parsing,
        *,
        unlimited: bool = False,
    ) -> int:
        """Keep an upload and give the id of its record; raises :class:`UploadRefusedError`.

        ``unlimited`` is what the site itself has made: an export.
        The content is stored before its record: a failure in between leaves content that no record names,
        which the clean-up of files removes, and never a record without its content.
        """
        content.seek(0)
        kept = store.keep(content, unlimited=unlimited)
        content.seek(0)
        size = measure(content) if kept.content_type.startswith("image/") else None
        values: dict[str, object] = {
            "name": name,
            "content_type": kept.content_type,
            "size": kept.size,
            "sha256": kept.sha256,
            "width": size[0] if size is not None else None,
            "height": size[1] if size is not None else None,
        }
        with database.write() as tx:
            outcome = self._writer.save(tx, [Change("files", values)], actor, parsing)[0]
        if isinstance(outcome, Refused):
            raise UploadRefusedError(
                next(reason for reasons in outcome.errors.values() for reason in reasons)
            )
        return outcome.id

    def on(self, connection: Connection, record_id: int) -> list[int]:
        """The files that hang on a record by themselves, in the order they came; no field holds them."""
        columns = self._writer.plans.workplace.tables.module("files").columns
        own, record, deleted = (columns[key][0] for key in ("id", "record", "deleted_at"))
        found = select(own).where(record == record_id, deleted.is_(None)).order_by(own).limit(MOST)
        return list(connection.execute(found).scalars())

    def find(self, connection: Connection, actor: Actor, file_id: int) -> Attachment | None:
        """The file of an id; None when there is none, or the reader may not see it."""
        if not self._writer.judge.may(actor, "files", "read").allowed:
            return None
        table = self._writer.plans.workplace.tables.module("files")
        keys = ("id", "name", "content_type", "size", "sha256", "width", "module", "record")
        columns = [table.columns[key][0] for key in keys]
        row = connection.execute(
            select(*columns).where(columns[0] == file_id, table.columns["deleted_at"][0].is_(None))
        ).first()
        return Attachment(*row) if row is not None else None

    def preview(self, store: FileStore, sha256: str, side: int) -> bytes | None:
        """A small copy of a picture as WebP, drawn when it is first asked for; None for what is no picture.

        One is drawn at a time: each takes as much memory as its pixels.
        """
        name = f"{side}.webp"
        drawn = store.made(sha256, name)
        if drawn is None:
            with self._drawing:
                content = io.BytesIO(b"".join(store.open(sha256)))
                try:
                    drawn = preview(content, side)
                except NoPictureError:
                    return None
            store.keep_made(sha256, name, drawn)
        return drawn
