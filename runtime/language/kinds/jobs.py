"""The kind ``jobs``: work that the clock sets going."""

from collections.abc import Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    FLAG,
    KEY,
    LABEL,
    TEXT,
    Definition,
    Kind,
    Schema,
    closed,
    described,
    one_of,
    ref,
)
from runtime.language.kinds.tools import STEPS
from runtime.model.job import CATCH_UP


class JobsKind(Kind):
    """``schemas/jobs/<job>.yaml``."""

    name = "jobs"
    folder = "schemas/jobs"
    title = "A job: schemas/jobs/<job>.yaml"
    names_in_texts = MappingProxyType({"for.filter": "module.filter"})

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The job."""
        cron: Schema = {**TEXT, "title": "a time in cron's notation, such as 0 7 * * mon"}
        whom = closed({"filter": described(KEY, "A filter, as module.filter.")}, ("filter",))
        job = closed(
            {
                "label": described(LABEL, "What people call it."),
                "schedule": described(cron, "When: minute, hour, day, month, day of the week."),
                "timezone": described(TEXT, "In which time zone; left out: the pack's."),
                "for": described(whom, "For each record of a filter; left out: once."),
                "catch_up": described(
                    one_of(*CATCH_UP), "What is made up for where no worker ran; left out: one."
                ),
                "active": described(FLAG, "Whether it is switched on; left out: true."),
                "steps": described(STEPS, "What it does, in order."),
                "on_error": described(ref("on_error"), "What becomes of a step that fails."),
            },
            ("schedule", "steps"),
        )
        return MappingProxyType({"jobs": Definition(job)})
