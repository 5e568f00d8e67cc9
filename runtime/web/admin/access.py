"""Access: who may do what, each right with the line that says so, and what one person sees and why."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from runtime.base.messages import phrase
from runtime.identity.actor import Actor
from runtime.identity.users import User
from runtime.model.access import ANY, RIGHTS, FieldRights, Profile, SharingRule
from runtime.model.catalog import Catalog, Expression, Origin, Path
from runtime.records.why_access import WhyAccess
from runtime.storage.query import Aggregate, Query
from runtime.web.admin.source import line_address, place_of, source_address
from runtime.web.admin.tabs import tabs
from runtime.web.door import Call
from runtime.web.pages.screen import Screen
from runtime.web.sharing_words import OF_RECORD, TO_ALL, WITH_WHOM

Part = dict[str, Any]
CAP = 1000
"""So many records of a module are counted for one person; then it says more."""
HEADS = {
    "read": phrase("Read"),
    "create": phrase("Create"),
    "update": phrase("Change"),
    "delete": phrase("Delete"),
    "import": phrase("Import"),
    "export": phrase("Export"),
    "mass_edit": phrase("Mass edit"),
    "assign": phrase("Hand over"),
    "see_deleted": phrase("See the bin"),
    "see_all": phrase("See all"),
}


def access_address(module: str, record_id: int) -> str:
    """Where it is told what somebody, who is still to be named, may do with a record."""
    return f"/admin/access?record={module}/{record_id}"


def show(screen: Screen, call: Call) -> Response:
    """The roles, the rights of each profile, what is shared; and of the user and the record of the address
    what that user may do.
    """
    access = call.live.catalog.access
    person, record = call.query("user").strip(), call.query("record").strip()
    asked, wrong, user = _asked(call, person, record) if person else ([], "", None)
    parts = [*asked, *_configured(call)]
    note = "" if access.is_asked else call.translate("The pack has no profiles: all who sign in may do all.")
    shown = {"parts": parts, "user": person, "record": record, "wrong": wrong, "note": note}
    looked = user is not None and user.active and not user.admin
    context = {
        "access": {**shown, "look": {"id": user.id, "name": user.name} if user and looked else None},
        "admin_tabs": tabs(call, "access"),
    }
    return screen.draw(call, "admin/access.html", context, status=422 if wrong else 200)


def _configured(call: Call) -> list[Part]:
    access = call.live.catalog.access
    parts = [_roles(call)] if access.roles else []
    for profile in access.profiles.values():
        parts.append(_profile(call, profile))
        if profile.fields:
            parts.append(_fields(call, profile))
    return [*parts, *_sharing(call)]


def _part(call: Call, key: str, label: str, columns: Iterable[str], rows: list[Part]) -> Part:
    heads = [call.translate(column) for column in columns]
    has_source = any(row["at"] for row in rows)
    return {"key": key, "label": label, "columns": heads, "rows": rows, "has_source": has_source}


def _row(texts: Iterable[str], origin: Origin | None) -> Part:
    at = place_of(origin) if origin is not None else None
    return {"texts": list(texts), "at": at, "source": source_address(origin) if origin is not None else None}


def _roles(call: Call) -> Part:
    language, access = call.actor.language, call.live.catalog.access
    holders = _holders(call)
    rows = [
        _row(
            (
                role.label.in_language(language),
                access.roles[role.under].label.in_language(language) if role.under else "",
                ", ".join(access.profiles[key].label.in_language(language) for key in role.profiles) or "",
                call.formats.integer(int(str(holders.get(role.key, 0)))),
            ),
            role.origin,
        )
        for role in access.roles.values()
    ]
    columns = (phrase("Role"), phrase("Under"), phrase("Profiles"), phrase("Users"))
    return _part(call, "roles", call.translate("Roles"), columns, rows)


def _holders(call: Call) -> dict[object, object]:
    # How many users hold each role: one statement.
    role = call.live.catalog.modules["users"].fields["role"]
    by, count = (Path("role", (role,)),), (Aggregate("count"),)
    with call.site.database.read() as connection:
        groups = call.live.reader.group(connection, Query("users"), by, count, call.moment)
    return {group.key[0]: group.values[0] for group in groups}


def _profile(call: Call, profile: Profile) -> Part:
    label = call.translate("Profile {name}").format(name=profile.label.in_language(call.actor.language))
    yes, no = call.translate("yes"), ""
    only_any = profile.modules.keys() == {ANY}
    rows = [
        _row(
            (
                call.translate("All modules") if only_any else _named(call, key),
                *(yes if right in rights.granted else no for right in RIGHTS),
            ),
            rights.origin,
        )
        for key, rights in profile.modules.items()
    ]
    return _part(call, f"profile-{profile.key}", label, (phrase("Module"), *HEADS.values()), rows)


def _named(call: Call, key: str) -> str:
    module = call.live.catalog.modules.get(key)
    return call.translate("All others") if module is None else module.plural.in_language(call.actor.language)


def _fields(call: Call, profile: Profile) -> Part:
    label = call.translate("Fields of {name}").format(name=profile.label.in_language(call.actor.language))
    rows = [
        _row((_field(call, name), *_rights(call, rights)), rights.origin)
        for name, rights in profile.fields.items()
    ]
    columns = (phrase("Field"), HEADS["read"], HEADS["update"])
    return _part(call, f"fields-{profile.key}", label, columns, rows)


def _field(call: Call, name: str) -> str:
    module, _, key = name.partition(".")
    found = call.live.catalog.modules[module].field(key) if module in call.live.catalog.modules else None
    label = call.translate("All others") if found is None else found.label.in_language(call.actor.language)
    return f"{_named(call, module)}: {label}"


def _rights(call: Call, rights: FieldRights) -> tuple[str, str]:
    def said(right: bool | Expression | None) -> str:
        if isinstance(right, Expression):
            return call.translate("where {condition}").format(condition=right.text)
        if right is None:
            return call.translate("as its module")
        return call.translate("yes") if right else call.translate("no")

    return said(rights.read), said(rights.update)


def _sharing(call: Call) -> list[Part]:
    sharing = call.live.catalog.access.sharing
    if not sharing.written:
        return []
    defaults = {**sharing.default, ANY: sharing.default.get(ANY, "private")}
    levels = [
        _row((_named(call, key), call.translate(TO_ALL[level])), sharing.places.get(key))
        for key, level in defaults.items()
    ]
    rules = [
        _row(
            (
                _named(call, rule.module),
                _with_whom(call, rule),
                call.translate(OF_RECORD[rule.grant]),
                rule.where.text if rule.where else "",
            ),
            rule.origin,
        )
        for rule in sharing.rules
    ]
    heads = (phrase("Module"), phrase("Shared with everybody"))
    found = [_part(call, "sharing", call.translate("Sharing"), heads, levels)]
    if rules:
        columns = (phrase("Module"), phrase("Shared with"), phrase("Grants"), phrase("Condition"))
        found.append(_part(call, "rules", call.translate("Sharing rules"), columns, rules))
    return [*found, *_owners(call), *_calendars(call)]


def _with_whom(call: Call, rule: SharingRule) -> str:
    role = call.live.catalog.access.roles.get(rule.to) if rule.kind.startswith("role") else None
    name = rule.to if role is None else role.label.in_language(call.actor.language)
    return call.translate(WITH_WHOM[rule.kind]).format(name=name)


OWNERS: Mapping[str, str] = {
    "anyone": phrase("Anyone"),
    "users": phrase("Users, and no groups"),
    "by_rights": phrase("Oneself, those below, and one's groups"),
    "same_group": phrase("Whoever is in a group of one's own, and these groups"),
    "same_sales_group": phrase("The same, of groups of the sales organisation"),
}


def _owners(call: Call) -> list[Part]:
    sharing = call.live.catalog.access.sharing
    rows = [
        _row((_named(call, key), call.translate(OWNERS[level])), sharing.owners_at.get(key))
        for key, level in sharing.owners.items()
    ]
    columns = (phrase("Module"), phrase("Who may be chosen"))
    return [_part(call, "owners", call.translate("Owners"), columns, rows)] if rows else []


def _calendars(call: Call) -> list[Part]:
    rows = [
        _row(
            (
                _named(call, key),
                calendar.private.text if calendar.private is not None else "",
                ", ".join(_label(call, key, field) for field in calendar.times),
            ),
            calendar.origin,
        )
        for key, calendar in call.live.catalog.access.sharing.calendars.items()
    ]
    columns = (phrase("Module"), phrase("Private"), phrase("Shows that somebody is busy"))
    return [_part(call, "calendars", call.translate("Calendars"), columns, rows)] if rows else []


def _label(call: Call, module: str, key: str) -> str:
    field = call.live.catalog.modules[module].field(key)
    return key if field is None else field.label.in_language(call.actor.language)


def _asked(call: Call, person: str, record: str) -> tuple[list[Part], str, User | None]:
    """What a user may do, by module; and with one record, when one is named. With what is wrong, and who it
    is.
    """
    with call.site.database.read() as connection:
        user = call.live.identity.users.by_email(connection, person)
        if user is None:
            return [], call.translate('There is no user "{email}".').format(email=person[:100]), None
        actor = call.live.actor_of(user, "form")
        parts = [_of_person(call, connection, user, actor)]
        if not record:
            return parts, "", user
        found = _of_record(call, connection, user, actor, record)
    if found is None:
        return parts, call.translate('There is no record "{record}".').format(record=record[:100]), user
    return [*found, *parts], "", user


def _of_person(call: Call, connection: Any, user: User, actor: Actor) -> Part:
    live, yes = call.live.seen_by(actor), call.translate("yes")
    rows = []
    for module in _own(call.live.catalog):
        granted = [live.judge.may(actor, module, right).allowed for right in RIGHTS]
        seen = ""
        if granted[0]:
            count = live.reader.count(connection, Query(module), live.moment(actor), cap=CAP)
            seen = f"{call.formats.integer(count.n)}{'+' if count.capped else ''}"
        rows.append(_row((_named(call, module), seen, *(yes if each else "" for each in granted)), None))
    label = call.translate("What {name} may do").format(name=user.name)
    return _part(call, "person", label, (phrase("Module"), phrase("Records seen"), *HEADS.values()), rows)


def _own(catalog: Catalog) -> list[str]:
    return [key for key, module in catalog.modules.items() if module.parent is None and not module.system]


def _of_record(call: Call, connection: Any, user: User, actor: Actor, record: str) -> list[Part] | None:
    key, _, number = record.strip("/").removeprefix("app/").partition("/")
    module = call.live.catalog.modules.get(key)
    if module is None or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    titles = call.live.reader.titles(connection, key, [int(number)])
    if int(number) not in titles:
        return None
    asking = WhyAccess(
        call.live.catalog, call.live.judge, call.live.reader, connection, call.live.moment(actor)
    )
    found = asking.of(actor, module, int(number))
    heads, language = dict(HEADS), call.actor.language
    rows = [
        {
            "texts": [
                call.translate(heads[answer.right]),
                call.translate("yes") if answer.allowed else call.translate("no"),
                each.reason.render(call.translate, language),
            ],
            "at": f"{each.span.file}:{each.span.line}" if each.span else None,
            "source": line_address(each.span.file, each.span.line) if each.span else None,
        }
        for answer in found.answers
        for each in answer.because
    ]
    label = call.translate("{name} and {title}").format(name=user.name, title=titles[int(number)])
    parts = [_part(call, "record", label, (phrase("Right"), phrase("Allowed"), phrase("Why")), rows)]
    if found.fields:
        parts.append(_of_fields(call, module.key, found.fields))
    return parts


def _of_fields(call: Call, module: str, fields: Iterable[Any]) -> Part:
    yes, no = call.translate("yes"), call.translate("no")
    rows = [
        {
            "texts": [
                _field(call, f"{module}.{each.key}"),
                yes if each.seen else no,
                yes if each.changed else no,
            ],
            "at": f"{each.span.file}:{each.span.line}" if each.span else None,
            "source": line_address(each.span.file, each.span.line) if each.span else None,
        }
        for each in fields
    ]
    columns = (phrase("Field"), phrase("Seen"), phrase("Changed"))
    return _part(call, "record-fields", call.translate("Fields of this record"), columns, rows)
