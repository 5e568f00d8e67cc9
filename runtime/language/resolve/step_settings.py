"""Resolves one setting of a step, as its kind declares it."""

from collections.abc import Callable, Mapping
from typing import Any

from runtime.language.resolve import step_contents, step_names, step_records
from runtime.language.resolve.step_asked import Asked
from runtime.steps import base as what

READERS: Mapping[str, Callable[[Asked], Any]] = {
    what.RECORD: step_records.one,
    what.RECORDS: step_records.those,
    what.PEOPLE: step_records.people,
    what.FILES: step_records.files,
    what.LINKS: step_records.linked,
    what.OWNER: step_records.owner,
    what.MODULE: step_names.module,
    what.WORKFLOW: step_names.workflow,
    what.ROLE: step_names.role,
    what.TOOL: step_names.tool,
    what.LETTER: step_names.letter,
    what.DOCUMENT: step_names.document,
    what.FIELDS: step_names.fields,
    what.TAGS_IN: step_names.tags_in,
    what.NAME: step_names.name,
    what.THEN: step_names.then,
    what.VALUES: step_contents.values,
    what.ROWS: step_contents.rows,
    what.INPUTS: step_contents.inputs,
    what.SAID: step_contents.said,
    what.DATA: step_contents.data,
    what.ANSWER: step_contents.answer,
    what.CONDITION: step_contents.condition,
    what.VALUE: step_contents.text,
    what.MOMENT: step_contents.moment,
    what.TAGS: step_contents.tags,
    what.DURATION: step_contents.duration,
}
"""What reads each kind of setting; the others are as they are written."""


UNWRITTEN = (what.RECORD, what.LINKS, what.TAGS_IN, what.INPUTS)
"""The kinds of settings that say something even where they are left out."""


def resolve_setting(asked: Asked) -> Any:
    """What a setting says; None where it says nothing that makes sense, which is noted."""
    if asked.written is None and asked.setting.what not in UNWRITTEN:
        return None
    reader = READERS.get(asked.setting.what)
    return reader(asked) if reader is not None else asked.node.plain
