"""Narrowing: the picklists of a form offer only what may be chosen, as the writer would have it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from runtime.model.catalog import Field
from runtime.records.choices import Choice, controlling, fitting, is_limited, may_be_emptied, offered
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.present import outer_paths
from runtime.web.views import Dependence, FieldView


def narrow(
    call: Call,
    fields: Sequence[Field],
    views: Sequence[FieldView],
    standing: Mapping[str, Any],
    sent: Form | None,
    record: object,
) -> None:
    """Take from the controls of one record what may not be chosen.

    ``record`` is its id, None for a new one. ``standing`` is what it holds (a new one its defaults), ``sent``
    what the browser sent. A value that was sent stays among the options, so that the person sees what is
    refused.
    """
    catalog, is_new = call.live.catalog, record is None
    for field, view in zip(fields, views, strict=True):
        if view.picker:
            view.picker += f"?record={record or 'new'}"
            module = catalog.modules[field.module]
            view.reads = sorted({path.fields[0].whole for path in outer_paths(module, field)})
        if view.readonly or not is_limited(field, catalog.picklists):
            continue
        choice = Choice(field, None if is_new else standing.get(field.key), None, is_new)
        allowed = set(offered(catalog, call.actor, choice))
        if not may_be_emptied(catalog, choice):
            view.settings = {**view.settings, "stays": True}
        choices = [option for option in view.options if option.selected or option.key in allowed]
        fits: tuple[str, ...] | None = None
        above = controlling(field)
        if above is not None:
            held = sent.text(above) if sent is not None and above in sent else standing.get(above)
            fits = fitting(field, held)
            view.depends = Dependence(
                on=view.name.removesuffix(field.key) + above,
                fits={key: list(keys) for key, keys in field.settings["depends_on"]["map"].items()},
                choices=[replace(option, selected=False) for option in choices],
            )
        view.options = [option for option in choices if option.selected or fits is None or option.key in fits]
