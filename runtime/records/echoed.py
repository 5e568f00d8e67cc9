"""Echoes: a record may be sent back as it was read, with what its virtual fields said of it.

They are not stored, so what they say of the record as it stands is worked out here, for a whole batch, and
only when somebody sends one.
"""

from runtime.base.messages import message
from runtime.fields.base import InvalidValueError
from runtime.records.parse import COMPUTED
from runtime.records.seen import Standing, label_of
from runtime.records.work import Batch, Work


def check(batch: Batch, works: list[Work]) -> None:
    """Refuse a value for a virtual field that is another than its own."""
    sent = [work for work in works if work.echoed]
    if not sent:
        return
    fields = sent[0].plan.fields
    named = {key: fields[key].field.computed for work in sent for key in work.echoed}
    computed = {key: each for key, each in named.items() if each is not None}
    standing = Standing(batch, sent, [each.expression for each in computed.values()])
    for work in sent:
        for key, raw in work.echoed.items():
            field = fields[key]
            try:
                same = field.parse(raw, field.field, batch.parsing) == standing.worked_out(
                    work, computed[key].kept
                )
            except InvalidValueError:
                same = False
            if not same:
                work.refuse(key, message(COMPUTED, label=label_of(work, key)))
