"""Narrowing: the picklists of a form offer only what may be chosen, as the writer would have it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from runtime.model.catalog import Field
from runtime.records.choices import Choice, controlling, fitting, is_limited, may_be_emptied, offered
from runtime.web.door import Call
from runtime.web.forms import Form
from runtime.web.pages.present import outer_paths
from runtime.web.views import Dependence, FieldView

NO_LIMITS: Mapping[str, Collection[str]] = MappingProxyType({})


def narrow(
    call: Call,
    fields: Sequence[Field],
    views: Sequence[FieldView],
    standing: Mapping[str, Any],
    sent: Form | None,
    record: object,
    limits: Mapping[str, Collection[str]] = NO_LIMITS,
) -> None:
    """Take from the controls of one record what may not be chosen.

    ``record`` is its id, None for a new one. ``standing`` is what it holds (a new one its defaults), ``sent``
    what the browser sent, ``limits`` the values that rules leave. A value that was sent stays among the
    options, so that the person sees what is refused.
    """
    catalog, is_new = call.live.catalog, record is None
    for field, view in zip(fields, views, strict=True):
        if view.picker:
            view.picker += f"?record={record or 'new'}"
            module = catalog.modules[field.module]
            view.reads = sorted({path.fields[0].whole for path in outer_paths(module, field)})
        ruled = field.key in catalog.modules[field.module].dynamics.limited
        if view.readonly or not (ruled or is_limited(field, catalog.picklists)):
            continue
        choice = Choice(field, None if is_new else standing.get(field.key), None, is_new)
        allowed = set(offered(catalog, call.actor, choice))
        if not may_be_emptied(catalog, choice):
            view.settings = {**view.settings, "stays": True}
        choices = [option for option in view.options if option.selected or option.key in allowed]
        above, held = controlling(field), None
        if above is not None:
            held = sent.text(above) if sent is not None and above in sent else standing.get(above)
        if above is not None or ruled:
            limit = limits.get(field.key)
            view.depends = Dependence(
                on=view.name.removesuffix(field.key) + above if above is not None else "",
                held=str(held or ""),
                fits={key: list(keys) for key, keys in field.settings["depends_on"]["map"].items()}
                if above is not None
                else {},
                choices=[replace(option, selected=False) for option in choices],
                limited=ruled,
                limit=sorted(limit) if limit is not None else None,
            )
        lists = [each for each in (fitting(field, held), limits.get(field.key)) if each is not None]
        view.options = [
            option for option in choices if option.selected or all(option.key in each for each in lists)
        ]
