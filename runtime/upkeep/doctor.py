"""The doctor: every check on one site, each whatever the others find."""

import json
from collections.abc import Iterable

from sqlalchemy.exc import DBAPIError

from runtime.base.registry import Registry, discover
from runtime.storage.errors import StorageError
from runtime.upkeep import checks
from runtime.upkeep.checks.base import Check
from runtime.upkeep.checks.integrity import Integrity
from runtime.upkeep.finding import Finding
from runtime.upkeep.patient import Patient


def known_checks() -> Registry[Check]:
    """Every check, by its code."""
    found = discover(checks, Check)  # type: ignore[type-abstract]
    return Registry("check of the doctor", sorted(found, key=lambda check: check.name))


def examine(patient: Patient, without: Iterable[str] = ()) -> list[Finding]:
    """What is wrong with a site, in the order of the codes; it changes nothing."""
    left_out = set(without)
    found: list[Finding] = []
    for check in known_checks().values():
        if patient.database.dialect in check.engines and not left_out & {check.name, check.key}:
            found += _examined(check, patient)
    return found


def unreadable(what: str) -> Finding:
    """What is found of a database that cannot even be opened."""
    check = Integrity()
    return check.wrong(what, check.restore)


def as_text(found: Iterable[Finding]) -> str:
    """What is wrong first, each with its fix; then what is only to be known."""
    ordered = sorted(found, key=lambda one: not one.is_wrong)
    lines: list[str] = []
    for one in ordered:
        lines.append(f"{'wrong' if one.is_wrong else 'note '} {one.code} {one.check}: {one.what}")
        if one.fix:
            lines.append(f"      {one.fix}")
    wrong = sum(one.is_wrong for one in ordered)
    said = {0: "Nothing is wrong.", 1: "1 thing is wrong."}.get(wrong, f"{wrong} things are wrong.")
    return "\n".join([*lines, said])


def as_json(found: Iterable[Finding]) -> str:
    """``{"wrong": 1, "findings": [{"code", "check", "what", "fix", "is_wrong"}]}``."""
    findings = [
        {"code": one.code, "check": one.check, "what": one.what, "fix": one.fix, "is_wrong": one.is_wrong}
        for one in found
    ]
    whole = {"wrong": sum(bool(one["is_wrong"]) for one in findings), "findings": findings}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _examined(check: Check, patient: Patient) -> list[Finding]:
    try:
        return list(check.examine(patient))
    except (DBAPIError, StorageError, OSError) as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]
        return [check.wrong(f"It cannot be looked at: {said}", "Mend what stands there, and ask again.")]
