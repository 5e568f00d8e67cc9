"""The rules of signing in: who must have a second step, from where, how long, and how many tries."""

from dataclasses import replace
from typing import Any

from starlette.responses import RedirectResponse, Response

from runtime.base.messages import Message, message, phrase
from runtime.identity.addresses import NotANetworkError, read_networks
from runtime.identity.policy import ADMINS, EVERYBODY, NOBODY, Policy
from runtime.sites.guarding import set_rules, why_not
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call, client_address
from runtime.web.pages.screen import Screen
from runtime.web.shell import flash

PATH = "/admin/security"
WHO = {NOBODY: phrase("Nobody"), ADMINS: phrase("Administrators"), EVERYBODY: phrase("Everybody")}
NUMBERS = {
    "shortest_password": (phrase("Shortest password, in characters"), 8, 64),
    "idle_hours": (phrase("Signed out when not used for, in hours"), 1, 720),
    "longest_days": (phrase("Signed out in any case after, in days"), 1, 365),
    "window_minutes": (phrase("A failure counts for, in minutes"), 1, 1440),
    "account_failures": (phrase("Failures of one account"), 3, 100),
    "address_failures": (phrase("Failures from one address"), 5, 10_000),
    "site_failures": (phrase("Failures of the whole site"), 20, 100_000),
    "log_days": (phrase("The security log is kept for, in days"), 30, 36_500),
}
"""Each number with its label, and the least and the most that it may be."""
LISTS = {
    "allowed": phrase("Only these addresses are let in"),
    "denied": phrase("These addresses are not let in"),
    "trusted": phrase("Trusted addresses"),
}


def show(screen: Screen, call: Call) -> Response:
    """The rules as they stand."""
    return _draw(screen, call, call.site.rules.refresh(), {})


def save(screen: Screen, call: Call) -> Response:
    """Set the rules; those that would keep the administrator out are refused."""
    policy, errors = _read(call)
    if not errors:
        reason = why_not(policy, client_address(call.request))
        if reason is not None:
            errors["allowed" if policy.allowed else "denied"] = reason
    if errors:
        return _draw(screen, call, policy, errors)
    changed = set_rules(call.site, call.actor, policy)
    return flash(RedirectResponse(PATH, 303), "saved" if changed else "unchanged")


def _read(call: Call) -> tuple[Policy, dict[str, Message]]:
    """The rules as they were typed; what is wrong is left as it stands."""
    form, errors, given = call.form, dict[str, Message](), dict[str, Any]()
    for key, (_label, least, most) in NUMBERS.items():
        text = form.text(key).strip()
        if text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most:
            given[key] = int(text)
        else:
            errors[key] = message("This is a number from {least} to {most}.", least=least, most=most)
    for key in LISTS:
        try:
            given[key] = read_networks(form.text(key))
        except NotANetworkError as error:
            errors[key] = message('"{given}" is no address and no network.', given=error.text)
    who, known = form.text("second_factor"), call.live.catalog.access.profiles
    given["second_factor"] = who if who in WHO else NOBODY
    given["factor_profiles"] = tuple(key for key in form.texts("profile") if key in known)
    given["reset_by_mail"] = "reset_by_mail" in form
    return replace(call.site.rules.now, **given), errors


def _draw(screen: Screen, call: Call, policy: Policy, errors: dict[str, Message]) -> Response:
    language, profiles = call.actor.language, call.live.catalog.access.profiles
    said = {key: reason.render(call.translate, language) for key, reason in errors.items()}
    typed = call.form
    context = {
        "rules": {
            "who": [(key, call.translate(name), key == policy.second_factor) for key, name in WHO.items()],
            "profiles": [
                (key, profile.label.in_language(language), key in policy.factor_profiles)
                for key, profile in profiles.items()
            ],
            "reset_by_mail": policy.reset_by_mail,
            "numbers": [
                {
                    "name": key,
                    "label": call.translate(label),
                    "least": least,
                    "most": most,
                    "value": typed.text(key) if key in typed else str(getattr(policy, key)),
                    "error": said.get(key, ""),
                }
                for key, (label, least, most) in NUMBERS.items()
            ],
            "lists": [
                {
                    "name": key,
                    "label": call.translate(label),
                    "value": typed.text(key) if key in typed else "\n".join(getattr(policy, key)),
                    "error": said.get(key, ""),
                }
                for key, label in LISTS.items()
            ],
            "here": client_address(call.request),
        },
        "admin_tabs": tabs(call, "security"),
    }
    return screen.draw(call, "admin/security.html", context, status=422 if errors else 200)
