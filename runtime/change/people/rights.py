"""What each role gains and loses: rights on modules, on fields, and what is shared."""

from collections.abc import Iterator

from runtime.change.people.phrases import named, pairs
from runtime.model.access import LEVELS, RIGHTS, Access, FieldRights, Profile, SharingRule
from runtime.model.catalog import Catalog, Expression

GIVING = {"read": {"read"}, "update": {"create", "update"}}
"""The rights on a module that a right on its fields is of."""


def tell_rights(before: Catalog, after: Catalog) -> Iterator[str]:
    """Role by role; and of the step from no profiles to some, or back, what it means for all."""
    was, now = before.access, after.access
    if now.is_asked and not was.is_asked:
        yield "From now on profiles decide: whoever has no role, and is no administrator, may do nothing."
        return
    if was.is_asked and not now.is_asked:
        yield "There are no profiles any more: whoever signs in may do everything."
        return
    for _, old, role in pairs(was.roles, now.roles):
        who = f"The role {named(role.label, role.key)}"
        modules = [
            key for key, module in after.modules.items() if not module.system and module.parent is None
        ]
        for module in modules:
            gained, lost = _difference(was.held(old.key), now.held(role.key), module)
            label = after.modules[module].plural
            if gained:
                yield f"{who} gains on {label}: {', '.join(gained)}."
            if lost:
                yield f"{who} loses on {label}: {', '.join(lost)}."
        for name, sentence in _fields(was.held(old.key), now.held(role.key)):
            yield f"{who} {sentence} {name}."
    yield from _shared(before, after)


def _difference(
    old: tuple[Profile, ...], new: tuple[Profile, ...], module: str
) -> tuple[list[str], list[str]]:
    before, after = _granted(old, module), _granted(new, module)
    gained = [right for right in RIGHTS if right in after and right not in before]
    return gained, [right for right in RIGHTS if right in before and right not in after]


def _granted(profiles: tuple[Profile, ...], module: str) -> set[str]:
    found: set[str] = set()
    for profile in profiles:
        rights = profile.on(module)
        found |= rights.granted if rights is not None else set()
    return found


def _fields(old: tuple[Profile, ...], new: tuple[Profile, ...]) -> Iterator[tuple[str, str]]:
    names = sorted({name for profile in (*old, *new) for name in profile.fields})
    for name in names:
        for right, does in (("read", "read"), ("update", "change")):
            before, after = _said(old, name, right), _said(new, name, right)
            if after in ("", before) or (before == "" and after == "yes"):
                continue  # what is said of the module says it
            if after == "yes":
                yield name, f"may {does}, everywhere,"
            elif after == "no":
                yield name, f"may {'no longer' if before else 'not'} {does}"
            else:
                yield name, f"may {does} where `{after}` alone"


def _said(profiles: tuple[Profile, ...], name: str, right: str) -> str:
    # The most that the profiles say of a field; '' where none gives the right on its module. What one says
    # nothing of is as its module, and nobody changes what nobody lets them read.
    module, _, field = name.partition(".")
    givers = [profile for profile in profiles if GIVING[right] & _granted((profile,), module)]
    if right == "update" and givers and _said(profiles, name, "read") in ("", "no"):
        return "no"
    found = [_of(profile.of_field(module, field), right) for profile in givers]
    if not found or "yes" in found:
        return "yes" if found else ""
    conditions = [each for each in found if each != "no"]
    return " or ".join(sorted(set(conditions))) if conditions else "no"


def _of(rights: FieldRights | None, right: str) -> str:
    held = None if rights is None else getattr(rights, right)
    if isinstance(held, Expression):
        return held.text
    return "no" if held is False else "yes"


def _shared(before: Catalog, after: Catalog) -> Iterator[str]:
    was, now = before.access, after.access
    for key, module in after.modules.items():
        if module.system or module.parent is not None or key not in before.modules:
            continue
        old, new = was.sharing.level(key), now.sharing.level(key)
        if old != new:
            wider = "more" if LEVELS.index(new) > LEVELS.index(old) else "fewer"
            yield f"{module.plural} of others: {new} for everybody, and was {old}: {wider} records are seen."
    yield from _owners(after, was, now)
    yield from (f"Shared from now on: {rule}." for rule in _rules(now) if rule not in _rules(was))
    yield from (f"Shared no more: {rule}." for rule in _rules(was) if rule not in _rules(now))


def _owners(after: Catalog, was: Access, now: Access) -> Iterator[str]:
    for key, module in after.modules.items():
        if module.system or module.parent is not None:
            continue
        old, new = was.sharing.owners_of(key), now.sharing.owners_of(key)
        if old != new:
            yield f"{module.plural} are given to {new} from now on, and were to {old}."
        before, after_it = _private(was, key), _private(now, key)
        if before != after_it:
            yield f"Private {module.plural}: {after_it} from now on, and {before} before."


def _private(access: Access, module: str) -> str:
    calendar = access.sharing.calendars.get(module)
    return f"`{calendar.private.text}`" if calendar is not None and calendar.private is not None else "none"


def _rules(access: Access) -> list[str]:
    return [_rule(rule) for rule in access.sharing.rules]


def _rule(rule: SharingRule) -> str:
    where = f" where `{rule.where.text}`" if rule.where is not None else ""
    return f"{rule.module} with the {rule.kind} {rule.to}, to {rule.grant}{where}"
