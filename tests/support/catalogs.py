"""Builds modules, fields and picklists by hand, for tests of what needs a catalog and no files.

    scope = Scope(**small_crm(), module="deals")
    modules(module("deals", stage="picklist:stage", account="relation:accounts", amount="money"))

A field is written as its type; behind a colon stand the picklist, the modules or the scale that it needs,
and behind semicolons the attributes of its links (``relations:users;role=picklist:role``).
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypedDict

from runtime.base.diagnostic import Span
from runtime.model.catalog import Collection, Field, Module, Origin, Path, Picklist, PicklistValue, Title
from runtime.model.label import Label
from runtime.model.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    PERCENT,
    TEXT,
    TIME,
    ValueType,
    list_of,
    picklist_of,
    record_of,
)

ORIGIN = Origin("test", Span.point("test.yaml"))
PLAIN: Mapping[str, ValueType] = MappingProxyType(
    {
        "integer": INTEGER,
        "decimal": DECIMAL,
        "percent": PERCENT,
        "money": MONEY,
        "boolean": BOOLEAN,
        "date": DATE,
        "datetime": DATETIME,
        "time": TIME,
        "duration": DURATION,
    }
)
RECORD: Mapping[str, str] = MappingProxyType(
    {
        "id": "integer",
        "number": "auto_number",
        "owner": "relation:users,groups",
        "created_at": "datetime",
        "created_by": "user",
        "updated_at": "datetime",
        "updated_by": "user",
        "version": "integer",
        "archived_at": "datetime",
        "deleted_at": "datetime",
    }
)


def field(module: str, key: str, written: str) -> Field:
    """A field such as ``relation:accounts``, ``picklist:stage``, ``decimal:4`` or ``text``."""
    written, _, attributes = written.partition(";")
    type_, _, detail = written.partition(":")
    settings: dict[str, Any] = {}
    if attributes:
        named = (each.split("=") for each in attributes.split(";"))
        settings["link"] = MappingProxyType({name: field(module, name, of) for name, of in named})
    if type_ == "picklist":
        value_type: ValueType = picklist_of(detail)
        settings["picklist"] = detail
    elif type_ == "multi_picklist":
        value_type = list_of(picklist_of(detail))
        settings["picklist"] = detail
    elif type_ in ("relation", "relations", "user", "files"):
        modules = tuple(detail.split(",")) if detail else ("files" if type_ == "files" else "users",)
        settings["modules"] = modules
        several = type_ in ("relations", "files")
        value_type = list_of(record_of(*modules)) if several else record_of(*modules)
    else:
        value_type = PLAIN.get(type_, TEXT)
        if type_ in ("decimal", "percent", "money"):
            settings["scale"] = int(detail or 2)
    label, frozen = Label.from_key(key), MappingProxyType(settings)
    return Field(key, module, type_, label, value_type, ORIGIN, settings=frozen)


def module(key: str, collections: Mapping[str, str] | None = None, **fields: str) -> Module:
    """A module with the record's own fields; ``collections`` are inverses, by key: ``module.relation``."""
    own = {name: field(key, name, written) for name, written in fields.items()}
    record = {name: field(key, name, written) for name, written in RECORD.items()}
    title = own.get("name") or record["number"]
    inverses = {
        name: Collection(name, key, "inverse", target, via, Label.from_key(name), ORIGIN)
        for name, (target, via) in {
            name: written.split(".") for name, written in (collections or {}).items()
        }.items()
    }
    return Module(
        key=key,
        label=Label.from_key(key),
        plural=Label.from_key(key),
        icon="table",
        title=Title((("", Path(title.key, (title,))),)),
        fields=MappingProxyType(own),
        record_fields=MappingProxyType(record),
        origin=ORIGIN,
        collections=MappingProxyType(inverses),
    )


def picklist(key: str, **values: Mapping[str, Any]) -> Picklist:
    """A picklist from its values' attributes; the type of each attribute is that of its first value."""
    types: dict[str, ValueType] = {}
    names = dict.fromkeys(name for attributes in values.values() for name in attributes)
    for name in names:
        sample = next(attributes[name] for attributes in values.values() if name in attributes)
        types[name] = _type_of(sample)
    entries = {
        value: PicklistValue(
            value,
            Label.from_key(value),
            None,
            MappingProxyType({name: attributes.get(name) for name in names}),
            ORIGIN,
        )
        for value, attributes in values.items()
    }
    return Picklist(key, MappingProxyType(entries), MappingProxyType(types), ORIGIN)


def _type_of(sample: object) -> ValueType:
    match sample:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case Decimal():
            return DECIMAL
    return TEXT


class SmallCrm(TypedDict):
    """What a scope is made of."""

    modules: Mapping[str, Module]
    picklists: Mapping[str, Picklist]


def small_crm() -> SmallCrm:
    """Deals, accounts, users and groups with a field of every kind: ``modules`` and ``picklists`` by key."""
    modules = (
        module("users", {"sales": "deals.seller"}, name="text", email="email", role="text", manager="user"),
        module("groups", name="text", members="relations:users"),
        module("files", name="text", size="integer"),
        module(
            "accounts",
            {"deals": "deals.account", "branches": "accounts.parent_account"},
            name="text",
            industry="picklist:industry",
            credit="money",
            rating="decimal:1",
            founded="date",
            seen_at="datetime",
            parent_account="relation:accounts",
            contacts="relations:users",
        ),
        module(
            "deals",
            name="text",
            note="long_text",
            stage="picklist:stage",
            old_stage="picklist:stage",
            interests="multi_picklist:interest",
            favourite="picklist:interest",
            amount="money",
            budget="money:4",
            price="decimal:4",
            count="integer",
            chance="percent",
            active="boolean",
            urgent="boolean",
            close_date="date",
            due_date="date",
            met_at="datetime",
            starts="time",
            lasts="duration",
            account="relation:accounts",
            seller="user",
            members="relations:users;role=picklist:interest;share=decimal:2",
            papers="files",
        ),
    )
    picklists = (
        picklist(
            "stage",
            prospecting={"kind": "open", "probability": 10, "weight": Decimal("0.125"), "hot": False},
            proposal={"kind": "open", "probability": 50, "weight": Decimal("0.5"), "hot": True},
            won={"kind": "won", "probability": 100, "weight": Decimal(1), "hot": True},
            lost={"kind": "lost", "probability": 0},
            parked={},
        ),
        picklist("industry", it={"kind": "service"}, steel={"kind": "industry"}, food={}),
        picklist("interest", a={}, a_b={}, b={}, c_1={}),
    )
    return {
        "modules": MappingProxyType({each.key: each for each in modules}),
        "picklists": MappingProxyType({each.key: each for each in picklists}),
    }
