"""My profile: the reader's name, language, ways of writing and searching, theme, and password."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message
from runtime.identity.sign_in import Denied
from runtime.model.catalog import Field
from runtime.records.change import Refused
from runtime.sites.people import PROFILE, change_profile
from runtime.web import shell
from runtime.web.door import Call, client_address
from runtime.web.pages.outside import let_in
from runtime.web.pages.password_link import why_not
from runtime.web.pages.process import refusal_of
from runtime.web.pages.screen import Screen
from runtime.web.views import FieldView, Option

Errors = Mapping[str, Sequence[Message]]
NONE: Errors = {}
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian")
PASSWORDS = ("current", "new", "again")


def show(screen: Screen, call: Call) -> Response:
    """The form of the profile, and the one of the password."""
    return _draw(screen, call, _standing(call), NONE)


def save(screen: Screen, call: Call) -> Response:
    """Keep the profile; it holds from the next page on."""
    given = {key: call.form.text(key).strip() for key in PROFILE if key in call.form}
    outcome = change_profile(call.site, call.live, call.actor, given)
    if isinstance(outcome, Refused):
        if outcome.kind != "invalid":
            raise refusal_of(call, outcome)
        return _draw(screen, call, {**_standing(call), **given}, outcome.errors)
    response = shell.flash(RedirectResponse("/profile", 303), "saved")
    if given.get("theme"):
        shell.keep_theme(call, response, given["theme"])
    return response


def password(screen: Screen, call: Call) -> Response:
    """Change the password: the reader stays signed in here, and nowhere else."""
    current, new, again = (call.form.text(key) for key in PASSWORDS)
    reason = why_not(call, new, call.actor.name, call.actor.email)
    if reason is not None:
        return _draw(screen, call, _standing(call), {"new": (reason,)})
    if new != again:
        return _draw(screen, call, _standing(call), {"again": (message("The two passwords differ."),)})
    assert call.session is not None
    outcome = call.live.identity.password_change.attempt(
        call.site.database.write, call.session, current, new, client_address(call.request)
    )
    if isinstance(outcome, Denied):
        return _draw(
            screen, call, _standing(call), {"current": (outcome.message,)}, 429 if outcome.wait else 422
        )
    return let_in(call, shell.flash(RedirectResponse("/profile", 303), "password"), outcome)


def keyboard(screen: Screen, call: Call) -> Response:
    """What each key does."""
    if call.is_partial:
        return screen.renderer.block("pages/keyboard.html", "keys", call.actor.language, {})
    return screen.draw(call, "pages/keyboard.html", {})


def _standing(call: Call) -> dict[str, str]:
    with call.site.database.read() as connection:
        user = call.live.identity.users.by_id(connection, call.actor.user_id or 0)
    assert user is not None  # the session's own
    own = user.preferences
    return {
        "name": user.name,
        "email": user.email,
        "language": user.language or "",
        "timezone": user.timezone or "",
        "date_format": own.date_format or "",
        "number_format": own.number_format or "",
        "search_type": own.search_type or "",
        "theme": own.theme or "",
    }


def _draw(
    screen: Screen, call: Call, values: Mapping[str, str], errors: Errors, status: int | None = None
) -> Response:
    said = {
        key: " ".join(reason.render(call.translate, call.actor.language) for reason in reasons)
        for key, reasons in errors.items()
    }
    profile = {
        "email": values["email"],
        "fields": {key: _control(call, key, values.get(key, ""), said.get(key, "")) for key in PROFILE},
        "passwords": {key: said.get(key, "") for key in PASSWORDS},
        "error": said.get("", ""),
    }
    context = {"profile": profile, "profile_tab": "profile"}
    return screen.draw(call, "pages/profile.html", context, status=status or (422 if errors else 200))


def _control(call: Call, key: str, value: str, error: str) -> FieldView:
    field = call.live.catalog.modules["users"].fields[key]
    label = field.label.in_language(call.actor.language)
    options = [] if key == "name" else _options(call, field, value)
    return FieldView(
        "text" if key == "name" else "select",
        name=key,
        id=key.replace("_", "-"),
        label=label,
        value=None,
        raw=value,
        error=error,
        required=key == "name",
        settings=field.settings,
        options=options,
    )


def _options(call: Call, field: Field, value: str) -> list[Option]:
    """What may be chosen; the empty choice says what holds without one."""
    catalog, say, language = call.live.catalog, call.translate, call.actor.language
    if field.key == "language":
        otherwise = message("The site's: {name}", name=_name(catalog.languages[0])).render(say, language)
        choices = [(key, _name(key)) for key in catalog.languages]
    elif field.key == "timezone":
        otherwise = message("The site's: {name}", name=catalog.timezone).render(say, language)
        choices = [(name, name.replace("_", " ")) for name in zones()]
    else:
        otherwise = {
            "date_format": message("As the language: {example}", example=_own(call).date(call.moment.today)),
            "number_format": message("As the language: {example}", example=_own(call).integer(1_234_567)),
            "search_type": message("Inside words"),
            "theme": message("As chosen in each browser"),
        }[field.key].render(say, language)
        values = catalog.picklists[field.settings["picklist"]].values.values()
        choices = [(each.key, each.label.in_language(language)) for each in values]
    if value and value not in dict(choices):
        choices.append((value, value))
    return [Option("", otherwise, None, not value)] + [
        Option(key, label, None, key == value) for key, label in choices
    ]


def _own(call: Call) -> Any:
    """The formats of the language alone."""
    return call.live.formats(call.actor.language, call.actor.timezone)


def zones() -> list[str]:
    """The time zones that stand for places, by name."""
    return ["UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS)]


def _name(language: str) -> str:
    """What a language calls itself."""
    try:
        return (Locale.parse(language, sep="-").get_display_name() or language).capitalize()
    except (UnknownLocaleError, ValueError):
        return language
