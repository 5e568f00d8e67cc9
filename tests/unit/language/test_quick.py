"""The quick look says yes only where jsonschema does, and does say yes to what packs usually write."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from runtime.language.kinds.base import Schema
from runtime.language.load import known_kinds
from runtime.language.nodes import MapNode, Node
from runtime.language.quick import look_for
from runtime.language.read import read
from runtime.language.shape import Shapes
from runtime.language.source import Source
from tests.support.packs import house


def all_schemas() -> list[Schema]:
    """The schema of every key of every definition there is."""
    types = house().types
    found = []
    for kind in known_kinds().values():
        for definition in kind.definitions(types).values():
            found += definition.schema.get("properties", {}).values()
    return [schema for schema in found if "$ref" not in json.dumps(schema)]


SCHEMAS = all_schemas()
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5000),
        st.decimals(-5, 5, places=1).map(float),
        st.sampled_from(["", "a", "blue", "year", "2026-12-25", "x" * 600, "mon", "restrict", "text"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["en", "format", "reset", "week", "module", "x"]), inner, max_size=3),
    ),
    max_leaves=5,
)


def node_of(value: object) -> Node:
    node, found = read(Source("x.yaml", f"key: {json.dumps(value)}"))
    assert found == []
    assert isinstance(node, MapNode)
    return node.items["key"]


@settings(max_examples=400, deadline=None)
@given(schema=st.sampled_from(SCHEMAS), value=VALUES)
def test_what_is_plainly_sound_is_sound_to_jsonschema(schema: Schema, value: Any):
    node = node_of(value)
    if look_for(schema)(node):
        checker = FormatChecker(formats=("date", "regex"))
        assert Draft202012Validator(schema, format_checker=checker).is_valid(node.plain)


def test_the_usual_values_are_plainly_sound():
    shapes = Shapes(
        {
            name: one
            for kind in known_kinds().values()
            for name, one in kind.definitions(house().types).items()
        }
    )
    usual: dict[str, dict[str, object]] = {
        "field_text": {"type": "text", "label": {"en": "Name", "fi": "Nimi"}, "required": True, "max": 5},
        "field_percent": {"type": "percent", "min": 0, "max": 100, "default": 12},
        "filter": {"label": "Open", "where": "a == 1", "columns": ["a", "b"], "sort": ["-a"]},
        "value": {"color": "blue", "kind": "open", "probability": 5},
        "modules": {"label": "Deal", "search": ["a"], "numbering": "D-{seq}", "unique": [["a", "b"]]},
    }
    for name, values in usual.items():
        known = shapes.definitions[name].schema["properties"]
        for key, value in values.items():
            schema = known.get(key, shapes.definitions[name].schema["additionalProperties"])
            assert look_for(schema)(node_of(value)), f"{name}.{key}"


def test_every_setting_of_every_field_type_is_sound_and_says_what_it_is_for():
    for field_type in house().types.values():
        for key, schema in field_type.settings_schema.items():
            Draft202012Validator.check_schema(schema)
            assert schema.get("description"), f"{field_type.name}.{key}"
        assert set(field_type.required_settings) <= set(field_type.settings_schema)
