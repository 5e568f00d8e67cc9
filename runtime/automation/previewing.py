"""Previewing: a letter or a document as it would be written about a record now, without any run."""

from typing import Any, cast

from runtime.automation.place import Snapshot
from runtime.automation.reading import Reading
from runtime.automation.writing_letters import (
    WrittenDocument,
    WrittenLetter,
    write_document,
    write_letter,
)
from runtime.identity.actor import SYSTEM
from runtime.model.letters import DocumentTemplate, LetterTemplate
from runtime.model.workflow import Workflow
from runtime.steps.base import Target
from runtime.storage.runs import StoredRun


class _About:
    """What a reading asks of a workflow and of its run, where there is neither."""

    def __init__(self, module: str, record_id: int, revision: int) -> None:
        self.module = module
        self.record_id = record_id
        self.revision_id = revision
        self.inputs: dict[str, Any] = {}


def preview(
    live: Snapshot, connection: Any, template: LetterTemplate, record_id: int, language: str
) -> WrittenLetter:
    """The letter; raises :class:`runtime.steps.base.StepError`."""
    reading = _reading(live, connection, template.module, record_id)
    return write_letter(template, Target(template.module, record_id), reading, live, language)


def preview_document(
    live: Snapshot, connection: Any, template: DocumentTemplate, record_id: int, language: str
) -> WrittenDocument:
    """The document; raises :class:`runtime.steps.base.StepError`."""
    reading = _reading(live, connection, template.module, record_id)
    return write_document(template, Target(template.module, record_id), reading, live, language)


def _reading(live: Snapshot, connection: Any, module: str, record_id: int) -> Reading:
    about = _About(module, record_id, live.revision)
    moment = live.moment(SYSTEM)
    return Reading(connection, live, None, cast(Workflow, about), cast(StoredRun, about), {}, moment)
