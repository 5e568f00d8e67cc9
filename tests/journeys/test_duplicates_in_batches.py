"""Possible duplicates of many records at once: how many statements, and who is told of which."""

from dataclasses import replace
from hashlib import md5
from typing import Any

import pytest
from sqlalchemy import event

from runtime.identity.actor import SYSTEM
from runtime.records.access import SignedIn
from runtime.records.change import Change, Refused, Saved
from runtime.records.save import Writer

PACK = """
schemas/modules/firms.yaml:
  title: name
  fields:
    name:   {type: text, required: true}
    secret: {type: boolean}
  duplicates: {match: [name], fuzzy: 0.85}
schemas/modules/people.yaml:
  title: name
  fields:
    name:   {type: text, required: true}
    secret: {type: boolean}
  duplicates: {match: [name], action: refuse}
"""
HIDDEN = "not secret"


class Discreet(SignedIn):
    """Shows nobody what is secret."""

    live: Any = None

    def conditions(self, actor, module, right):
        known = self.live.catalog.modules[module]
        return (self.live.condition(known, HIDDEN),) if "secret" in known.fields else ()


@pytest.fixture
def site(crm):
    app = crm(PACK)
    assert app.user() == 1
    return app.site


@pytest.fixture
def save(site):
    user = replace(SYSTEM, system=False, admin=True, user_id=1, door="rest")

    def save(*changes, writer=None, actor=user):
        live = site.live
        with site.database.write() as tx:
            writer = writer or live.writer
            return writer.save(tx, changes, actor, live.parsing(actor, "rest"), atomic=False)

    return save


def test_the_statements_are_as_many_for_forty_records_as_for_eighty(site, save):
    save(*(Change("firms", {"name": f"Firm number {n} of {n * 7}"}, anyway=True) for n in range(300)))

    def counted(*changes):
        statements = []

        def heard(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        event.listen(site.database._writing, "before_cursor_execute", heard)
        try:
            save(*changes)
        finally:
            event.remove(site.database._writing, "before_cursor_execute", heard)
        return len(statements)

    def several(count, tag):
        return [Change("firms", {"name": md5(f"{tag}{n}".encode()).hexdigest()}) for n in range(count)]

    two = counted(Change("firms", {"name": "Firm number 5 of 36"}), *several(40, "x"))
    many = counted(
        *(Change("firms", {"name": f"Firm number {n} of {n * 7}."}) for n in range(20)), *several(60, "y")
    )
    assert two == many


def test_nobody_is_told_of_what_they_may_not_read(site, save):
    judge = Discreet()
    judge.live = site.live
    writer = Writer(site.live.writer.plans.workplace, judge)
    for module in ("firms", "people"):
        save(Change(module, {"name": "Canary Works", "secret": True}, anyway=True))
    (firm,) = save(Change("firms", {"name": "Canary Work"}), writer=writer)
    assert isinstance(firm, Saved)
    (person,) = save(Change("people", {"name": "canary works"}), writer=writer)
    assert isinstance(person, Refused)
    assert person.alike == ()
    assert [str(each) for each in person.errors["name"]] == ["There is one already, which you may not see."]


def test_the_program_itself_is_not_asked(save):
    assert isinstance(save(Change("firms", {"name": "Twin"}), actor=SYSTEM)[0], Saved)
    assert isinstance(save(Change("firms", {"name": "Twin"}), actor=SYSTEM)[0], Saved)
    assert isinstance(save(Change("firms", {"name": "Twin"}))[0], Refused)
