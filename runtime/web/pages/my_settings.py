"""My settings: the control of each thing that a user may say of themselves, with what holds where nothing is
said.
"""

from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from runtime.base.messages import message
from runtime.fields.countries import country_names
from runtime.model.catalog import Field
from runtime.web.door import Call
from runtime.web.pages.screen import Screen
from runtime.web.views import FieldView, Option

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian")
TYPED = ("name", "phone", "mobile", "alert_days", "daily_mail", "notice_mail")
"""What is typed or switched; all else is chosen from a list."""


def setting_control(screen: Screen, call: Call, key: str, value: Any, given: str | None) -> FieldView:
    """The control of a field of the reader's own record; ``given`` is what was sent, where it is shown again.

    The field is the whole configuration's: one's own record is one's own, whatever one sees of others'.
    """
    field = call.live.writer.plans["users"].fields[key].field
    if key in TYPED:
        view = screen.views(call).input(field, value)
        if key == "alert_days":
            view.help = call.translate("Left empty, there are no alerts.")
        if given is not None:
            view.raw, view.value = given, given == "true" if field.type == "boolean" else given
        return view
    raw = str(value or "") if given is None else given
    return FieldView(
        "select",
        name=key,
        id=key.replace("_", "-"),
        label=field.label.in_language(call.actor.language),
        value=None,
        raw=raw,
        settings=field.settings,
        options=_options(call, field, raw),
    )


def zones() -> list[str]:
    """The time zones that stand for places, by name."""
    return ["UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS)]


def _options(call: Call, field: Field, value: str) -> list[Option]:
    """What may be chosen; the empty choice says what holds without one."""
    choices = _choices(call, field)
    if value and value not in dict(choices):
        choices.append((value, value))
    return [Option("", _otherwise(call, field.key), None, not value)] + [
        Option(key, label, None, key == value) for key, label in choices
    ]


def _choices(call: Call, field: Field) -> list[tuple[str, str]]:
    catalog, language = call.live.catalog, call.actor.language
    if field.key == "language":
        return [(key, _name(key)) for key in catalog.languages]
    if field.key == "timezone":
        return [(name, name.replace("_", " ")) for name in zones()]
    if field.key == "country":
        return list(country_names(language).items())
    values = catalog.picklists[field.settings["picklist"]].values.values()
    return [(each.key, each.label.in_language(language)) for each in values]


def _otherwise(call: Call, key: str) -> str:
    catalog, own = call.live.catalog, call.live.formats(call.actor.language, call.actor.timezone)
    said = {
        "country": message("Not told"),
        "language": message("The site's: {name}", name=_name(catalog.languages[0])),
        "timezone": message("The site's: {name}", name=catalog.timezone),
        "date_format": message("As the language: {example}", example=own.date(call.moment.today)),
        "number_format": message("As the language: {example}", example=own.integer(1_234_567)),
        "search_type": message("Inside words"),
        "theme": message("As chosen in each browser"),
        "note_alert": message("I am not told"),
    }[key]
    return said.render(call.translate, call.actor.language)


def _name(language: str) -> str:
    """What a language calls itself."""
    try:
        return (Locale.parse(language, sep="-").get_display_name() or language).capitalize()
    except (UnknownLocaleError, ValueError):
        return language
