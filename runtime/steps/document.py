"""The step `document`: write a file from a template."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from runtime.base.messages import message
from runtime.steps.base import DOCUMENT, RECORD, VALUE, Did, Doing, Setting, StepKind


class Document(StepKind):
    """Writes a file from a template of `templates/documents/`, and hangs it on the record: `document:
    {template: quote}`. Later steps may name the file: with `as: paper`, `email: {…, attach: =paper}` sends it
    along. Each run of the step makes a file of its own, once.
    """

    name = "document"
    title = message("Write a document")
    icon = "file-text"
    gives = "record"
    gives_module = "files"
    settings: ClassVar[Mapping[str, Setting]] = MappingProxyType(
        {
            "record": Setting(RECORD, "The record that it is about; left out: the workflow's own."),
            "language": Setting(VALUE, "In which language, where it has it; left out: the site's."),
            "template": Setting(DOCUMENT, "Which document.", required=True, of="record"),
        }
    )

    def run(self, doing: Doing, given: Mapping[str, Any]) -> Did:
        """See the class."""
        written, about = given["template"], given["record"]
        if written is None or about is None:
            return Did({"what": "nothing"})
        made = doing.keep_file(written, about)
        effects = {"what": "created", "module": made.module, "id": made.id, "name": written.name}
        return Did(effects, record=made)
