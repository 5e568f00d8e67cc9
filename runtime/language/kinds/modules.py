"""The kind ``modules``: record types, with their fields and rows."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.language.kinds.base import (
    EXPRESSION,
    FLAG,
    FLAG_OR_EXPRESSION,
    ICON,
    KEY,
    LABEL,
    LITERAL,
    PATH,
    PATHS,
    WAS,
    Definition,
    Kind,
    Misfit,
    Schema,
    closed,
    described,
    map_of,
    one_of,
    ref,
)
from runtime.language.nodes import MapNode
from runtime.language.words import near, shown

CONVERT: Schema = {
    **closed(
        {
            "value": described(
                {"type": "string", "minLength": 1, "title": "an expression behind an ="},
                "Behind an =, an expression over the record as it was.",
            ),
            "match": described(KEY, "The field by which the records are found; their title when left out."),
            "create": described(FLAG, "Whether records that are not found are created."),
        }
    ),
    "type": ["string", "object"],
    "minLength": 1,
    "title": "an expression behind an =, or {match: code, create: true}",
}
"""Where a field's values come from."""
EVERY_FIELD: Mapping[str, Schema] = MappingProxyType(
    {
        "label": described(LABEL, "What people call it; made from the key when left out."),
        "help": described(LABEL, "A sentence under the field in forms."),
        "required": described(
            FLAG_OR_EXPRESSION, "Whether it must be filled in; behind an =, the condition on which it must."
        ),
        "unique": described(FLAG, "Whether no two records may have the same value; empty ones may."),
        "default": described(
            {
                "type": ["string", "boolean", "number", "array"],
                "items": LITERAL,
                "title": "a value of the field",
            },
            "The value of a new record that was given none; behind an =, an expression that gives it.",
        ),
        "readonly": described(
            FLAG_OR_EXPRESSION,
            "Whether people may not change it; behind an =, the condition on the record as it stands.",
        ),
        "index": described(FLAG, "Whether the database keeps an index, for fast filters and sorting."),
        "search": described(FLAG, "Whether a search looks into it."),
        "formula": described(
            EXPRESSION, "What works its value out; nobody writes it, and it is always current."
        ),
        "virtual": described(
            FLAG, "Whether its formula is worked out where it is read, and nothing of it is stored."
        ),
        "convert": described(
            CONVERT,
            "When the field is new or was of another type: behind an =, an expression over the record as it "
            "was, that gives the value; or {value, match, create} for a field that points at records.",
        ),
        "split": described(
            KEY, "When the field is new: the field it was a part of; convert says which part of it."
        ),
        "merge": described(
            PATHS,
            "When the field is new: the fields it is put together from, with a space between where convert "
            "says nothing else.",
        ),
        "fill": described(
            {"type": "string", "minLength": 1, "title": "an expression behind an ="},
            "When the field becomes required: behind an =, the value of the records that have none.",
        ),
        "log": described(FLAG, "Whether its changes go to the change log; true when left out."),
        "pii": described(FLAG, "Whether it is personal data."),
        "mass_edit": described(
            FLAG, "Whether it may be changed in many records at once; true when left out."
        ),
        "was": described(WAS, "What it was called before, or a list: its data and all that names it follow."),
    }
)
"""The settings of every type."""
PARTS: Schema = {
    "type": "array",
    "items": {"type": "string", "title": "a field, or a tab or block of the card (overview, overview.deal)"},
}
"""What a rule shows, hides or locks. A block's own key will do where no field, tab or other block has it."""


class ModulesKind(Kind):
    """``schemas/modules/<module>.yaml``."""

    name = "modules"
    folder = "schemas/modules"
    title = "A module: schemas/modules/<module>.yaml"
    names_in_keys = MappingProxyType(
        {
            "fields": "field",
            "fields.{field}.link": "attribute",
            "fields.{field}.depends_on.map": "value of above",
            "rules.{rule}.limit": "field",
            "rules.{rule}.set": "field",
        }
    )
    names_in_texts = MappingProxyType(
        {
            "title": "title",
            "search.#": "path",
            "indexes.#.#": "field",
            "unique.#.#": "field",
            "lock.#": "field",
            "duplicates.match.#": "path",
            "fields.*.module": "module",
            "fields.*.modules.#": "module",
            "fields.{field}.default": "value",
            "fields.{field}.default.#": "value",
            "fields.*.depends_on.field": "field",
            "fields.{field}.depends_on.map.*.#": "value",
            "rows.*.module": "module",
            "rules.*.show.#": "field",
            "rules.*.hide.#": "field",
            "rules.*.readonly.#": "field",
            "rules.*.require.#": "field",
            "rules.*.limit.{field}.#": "value",
            "rules.*.set.{field}": "value",
            "rules.*.set.{field}.#": "value",
            "checks.*.location": "field",
        }
    )

    def definitions(self, types: Registry[FieldType]) -> Mapping[str, Definition]:
        """The module, its rows, and one form of a field for each field type."""
        forms = {f"field_{name}": _field(field_type) for name, field_type in types.items()}
        fields = Definition(
            choose=_form_of(types),
            forms=tuple(forms),
        )
        rows = closed(
            {
                "module": described(KEY, "The module of the child records."),
                "label": described(LABEL, "What people call them."),
            },
            ("module",),
        )
        return MappingProxyType(
            {
                "modules": Definition(_module()),
                "field": fields,
                **forms,
                "rows": Definition(rows),
                "record_check": Definition(_check()),
                "rule": Definition(_rule()),
            }
        )


def _form_of(types: Registry[FieldType]) -> Callable[[MapNode], str | Misfit]:
    def choose(node: MapNode) -> str | Misfit:
        written = node.get("type")
        if written is None:
            return Misfit("S104", '"type" is missing', f"write one of {', '.join(types)}")
        name = written.plain
        if isinstance(name, str) and name in types:
            return f"field_{name}"
        return Misfit(
            "S107",
            f"unknown field type {shown(name)}",
            near(str(name), types) or f"the field types are {', '.join(types)}",
            "type",
        )

    return choose


def _field(field_type: FieldType) -> Definition:
    settings = {name: dict(schema) for name, schema in field_type.settings_schema.items()}
    kind = described(one_of(field_type.name), f"{field_type.title}.")
    properties = {"type": kind, **EVERY_FIELD, **settings}
    if "link" in settings:
        properties["link"] = {**settings["link"], "additionalProperties": ref("field")}
    later = {**dict.fromkeys(field_type.later_settings, "N119")}
    return Definition(
        closed(properties, ("type", *field_type.required_settings)),
        later=MappingProxyType(later),
        instead=field_type.instead,
    )


def _check() -> Schema:
    return closed(
        {
            "check": described(EXPRESSION, "The condition; empty counts as false."),
            "message": described(LABEL, "What is said when it does not hold."),
            "location": described(KEY, "The field that the message stands at."),
            "guard": described(
                FLAG, "Whether it is also held when other records change that it counts or sums over."
            ),
        },
        ("check", "message"),
    )


def _rule() -> Schema:
    values: Schema = {"type": "array", "items": KEY}
    value: Schema = {
        "type": ["string", "boolean", "number", "array"],
        "items": LITERAL,
        "title": "a value of the field, or an expression behind an =",
    }
    return closed(
        {
            "when": described(EXPRESSION, "The condition; left out: always."),
            "show": described(PARTS, "What is hidden where no rule shows it: fields, tabs, blocks."),
            "hide": described(PARTS, "What is hidden while the condition holds: fields, tabs, blocks."),
            "require": described(PATHS, "Fields that must be filled in."),
            "readonly": described(
                PARTS,
                "Fields that users may not change, or tabs and blocks; looks at the record as it stands.",
            ),
            "limit": described(map_of(values), "For picklists, the values that are left."),
            "set": described(
                map_of(value),
                "Values that fields get when the condition becomes true, unless the same save gives others.",
            ),
        }
    )


def _duplicates() -> Schema:
    one = closed(
        {
            "match": described(
                {**PATHS, "minItems": 1, "maxItems": 5, "uniqueItems": True},
                "The fields in all of which two records must be alike; empty ones never are.",
            ),
            "fuzzy": described(
                {"type": "number", "minimum": 0.8, "maximum": 1, "default": 1},
                "What part of a text's letters must agree: 0.9 lets one in ten differ.",
            ),
            "action": described(
                {**one_of("warn", "refuse"), "default": "warn"},
                "Whether people are asked before they save what may be there already, or refused.",
            ),
        },
        ("match",),
    )
    several = {**one, "items": one, "minItems": 1, "maxItems": 10}
    return {
        **several,
        "type": ["object", "array"],
        "title": "a rule such as {match: [name]}, or a list of them",
    }


def _module() -> Schema:
    numbering: Schema = closed(
        {
            "format": described(KEY, 'The pattern, as "POT-{YYYY}-{seq:5}".'),
            "reset": described(one_of("never", "year", "month"), "When counting begins anew."),
            "gapless": described(FLAG, "Whether no number may be left out; slower when many write at once."),
        },
        ("format",),
    )
    numbering["title"] = 'a pattern, or {format: "POT-{YYYY}-{seq:5}", reset: year}'
    return closed(
        {
            "label": described(LABEL, "What one record is called."),
            "plural": described(LABEL, "What several are called."),
            "icon": described(ICON, "The name of its icon."),
            "was": described(
                WAS, "What it was called before, or a list: its records and all that names it follow."
            ),
            "title": described(
                {**PATH, "maxLength": 200}, 'What a record is called: a field, or "{first_name} {last_name}".'
            ),
            "numbering": described(
                {**numbering, "type": ["string", "object"], "minLength": 1, "maxLength": 100},
                "The pattern of a record's number.",
            ),
            "search": described(PATHS, "The fields a search looks into."),
            "fields": described(
                {"type": "object", "additionalProperties": ref("field")}, "Its fields, in order."
            ),
            "rows": described(map_of(ref("rows")), "Child records that are edited inside the card."),
            "rules": described(
                map_of(ref("rule")), "What conditions make of fields: shown, required, read-only."
            ),
            "checks": described(map_of(ref("record_check")), "Conditions that every saved record fulfils."),
            "lock": described(
                PATHS, "Relations whose records nobody else writes while a record is worked out and checked."
            ),
            "indexes": described(
                {"type": "array", "items": PATHS}, "Fields that the database indexes together."
            ),
            "unique": described(
                {"type": "array", "items": PATHS}, "Fields in all of which no two records may be alike."
            ),
            "duplicates": described(
                _duplicates(), "By what records are found that may be there already, when one is saved."
            ),
        }
    )
