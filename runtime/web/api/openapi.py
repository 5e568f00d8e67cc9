"""The OpenAPI document (3.1) of a catalog: every module's addresses, parameters, bodies and answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runtime.base.registry import Registry
from runtime.fields.base import FieldType
from runtime.model.catalog import Catalog, Module
from runtime.web.api.openapi_tools import tool_paths
from runtime.web.api.parameters import COUNTS, DEFAULT_LIMIT, LARGEST_LIMIT
from runtime.web.api.schemas import ID, UPLOADED, Schema, Schemas, ref

ERRORS: Mapping[str, tuple[str, str]] = {
    "400": ("BadRequest", "The request cannot be read: a parameter, a header, or a body that is no JSON."),
    "401": ("Unauthorized", "No API key that holds, and no signed-in session."),
    "403": ("Forbidden", "The caller may not do this."),
    "404": ("NotFound", "There is nothing here, or the caller may not see it."),
    "405": ("MethodNotAllowed", "This address has other methods: see the header Allow."),
    "409": (
        "Conflict",
        "Somebody saved first, it may be there already, others stand in the way, or the key is at work.",
    ),
    "413": ("TooLarge", "The body is too large."),
    "422": ("Invalid", "Values that do not fit; `fields` has a sentence for each."),
    "429": ("TooMany", "Too many requests; Retry-After says when to try again."),
    "503": ("Unavailable", "The database is busy or does not answer; nothing was done."),
}
READING = ("400", "401", "403", "404", "429", "503")
WRITING = ("400", "401", "403", "404", "405", "409", "413", "422", "429", "503")

BACKGROUND: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "required": ["id", "kind", "state", "done", "counts", "files", "created_at"],
        "properties": {
            "id": {"type": "integer"},
            "kind": {"type": "string"},
            "about": {"type": "string"},
            "state": {"type": "string", "enum": ["queued", "running", "done", "failed", "cancelled"]},
            "done": {"type": "integer"},
            "total": {"type": ["integer", "null"]},
            "percent": {"type": ["integer", "null"]},
            "text": {"type": ["string", "null"]},
            "error": {"type": ["string", "null"]},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "files": {"type": "object"},
            "cancelling": {"type": "boolean"},
            "user": {"type": ["integer", "null"]},
            "created_at": {"type": "string", "format": "date-time"},
            "started_at": {"type": ["string", "null"], "format": "date-time"},
            "finished_at": {"type": ["string", "null"], "format": "date-time"},
        },
    }
)


def document(catalog: Catalog, types: Registry[FieldType]) -> dict[str, Any]:
    """The document. It is made once a snapshot."""
    schemas = Schemas(catalog, types)
    components = schemas.all()
    paths: dict[str, Any] = {}
    for module in catalog.modules.values():
        if module.parent is not None:
            components[f"{module.key}.row"] = schemas.row(module)
        paths |= _paths(catalog, module, types) | tool_paths(catalog, module, _operation, _component)
    paths["/api/v1/files/{id}/content"] = {"get": _content()}
    paths["/api/operations/{id}"] = {"get": _background()}
    paths["/api/v1/openapi.json"] = {"get": _self()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(catalog.title),
            "version": catalog.version,
            "description": "Every module of this CRM as resources, generated from its configuration.",
        },
        "servers": [{"url": "/"}],
        "security": [{"api_key": []}, {"session": []}],
        "tags": [
            {"name": module.key, "description": str(module.plural)} for module in catalog.modules.values()
        ],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "api_key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "trellis user key EMAIL makes one.",
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "trellis_session"},
            },
            "parameters": PARAMETERS,
            "responses": {name: _problem(text) for name, text in ERRORS.values()},
        },
    }


def _paths(catalog: Catalog, module: Module, types: Registry[FieldType]) -> dict[str, Any]:
    key, label, plural = module.key, str(module.label), str(module.plural)
    one, many = f"/api/v1/{key}/{{id}}", f"/api/v1/{key}"
    record = {"type": "object", "required": ["data"], "properties": {"data": ref(key)}}
    lists: dict[str, Any] = {
        "get": _operation(
            module,
            "list",
            f"List {plural.lower()}, or group them",
            {"200": _json("A page of records, or groups of them.", _list_schema(key))},
            READING,
            parameters=_list_parameters(catalog, module),
        )
    }
    single: dict[str, Any] = {
        "parameters": [_component("id")],
        "get": _operation(
            module,
            "get",
            f"Read one {label.lower()}, with its rows",
            {"200": _json("The record.", record, ETAG)},
            READING,
            parameters=[_component("fields"), _component("include")],
        ),
        "delete": _operation(
            module,
            "delete",
            f"Put a {label.lower()} into the bin",
            {"204": {"description": "It is in the bin."}},
            WRITING,
            parameters=[_component("duplicates"), _component("if_match")],
        ),
    }
    paths: dict[str, Any] = {many: lists, one: single}
    paths[f"{one}/restore"] = {
        "parameters": [_component("id")],
        "post": _operation(
            module,
            "restore",
            f"Bring a {label.lower()} back from the bin",
            {"200": _json("The record.", record, ETAG)},
            WRITING,
            parameters=[_component("idempotency_key")],
        ),
    }
    if key == UPLOADED:
        del paths[f"{one}/restore"]
        return paths
    lists["post"] = _operation(
        module,
        "create",
        f"Make a {label.lower()}",
        {"201": _json("The record.", record, ETAG | LOCATION)},
        WRITING,
        parameters=[_component("duplicates"), _component("idempotency_key")],
        body=_json_body(ref(f"{key}.create")),
    )
    single["patch"] = _operation(
        module,
        "update",
        f"Change a {label.lower()}: what is named, and nothing else",
        {"200": _json("The record.", record, ETAG)},
        WRITING,
        parameters=[_component("if_match")],
        body=_json_body(ref(f"{key}.update")),
    )
    paths[f"{many}/batch"] = {
        "post": _operation(
            module,
            "batch",
            f"Make, change and delete many {plural.lower()} at once",
            {"200": _json("What became of each, in the order of the request.", _batch_answer())},
            WRITING,
            parameters=[_component("atomic"), _component("duplicates"), _component("idempotency_key")],
            body=_json_body(_batch_body(key)),
        )
    }
    fields = [field.key for field in module.fields.values() if field.targets == ("files",)]
    files = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": FILE}},
    }
    part = {"type": "array", "items": {"type": "string", "format": "binary"}}
    form = {
        "type": "object",
        "properties": dict.fromkeys(("file", *fields), part),
        "minProperties": 1,
    }
    paths[f"{one}/files"] = {
        "parameters": [_component("id")],
        "get": _operation(
            module, "files", "The files of a record", {"200": _json("Its files.", files)}, READING
        ),
        "post": _operation(
            module,
            "upload",
            "Add files to a record; a part is named after its field, or `file` for the first one, or none",
            {"201": _json("The files that were added.", files)},
            WRITING,
            parameters=[_component("idempotency_key")],
            body={"required": True, "content": {"multipart/form-data": {"schema": form}}},
        ),
    }
    return paths


def _operation(
    module: Module,
    name: str,
    summary: str,
    answers: dict[str, Any],
    errors: tuple[str, ...],
    *,
    parameters: list[Schema] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": f"{module.key}.{name}",
        "tags": [module.key],
        "summary": summary,
        "responses": {
            **answers,
            **{status: {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in errors},
        },
    }
    if parameters:
        made["parameters"] = parameters
    if body is not None:
        made["requestBody"] = body
    return made


def _list_parameters(catalog: Catalog, module: Module) -> list[Schema]:
    filters = list(catalog.filters.get(module.key, {}))
    found = [_component("where")]
    if filters:
        found.append(
            {
                "name": "filter",
                "in": "query",
                "description": "A saved filter, by its key; one that a user made, by its number.",
                "schema": {
                    "anyOf": [
                        {"type": "string", "enum": filters},
                        {"type": "string", "pattern": "^[0-9]{1,18}$"},
                    ]
                },
            }
        )
    names = ("sort", "fields", "include", "limit", "after", "count", "group", "value")
    return found + [_component(name) for name in names]


def _list_schema(key: str) -> Schema:
    common: Schema = {
        "next": {"type": ["string", "null"], "description": "The cursor of the next page: after=…"},
        "count": {"type": ["integer", "null"], "description": "How many there are; null with count=none."},
        "capped": {
            "type": "boolean",
            "description": "Present and true where counting stopped, and there are more.",
        },
        "recomputing": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Present while computed fields are not current in every record yet: their keys.",
        },
    }
    group: Schema = {
        "type": "object",
        "required": ["group", "value"],
        "properties": {
            "group": {"type": "object", "description": "The value of each field of `group`."},
            "value": {},
        },
    }
    required = ["data", "next", "count"]

    def of(items: Schema) -> Schema:
        properties = {"data": {"type": "array", "items": items}, **common}
        return {"type": "object", "required": required, "properties": properties}

    return {"anyOf": [of(ref(key)), of(group)]}


def _batch_body(key: str) -> Schema:
    update: Schema = {
        "allOf": [{"type": "object", "required": ["id"], "properties": {"id": ID}}],
        "description": f"The id, the version if need be, and fields as in {key}.update.",
        "type": "object",
    }
    delete: Schema = {
        "anyOf": [
            ID,
            {
                "type": "object",
                "required": ["id"],
                "properties": {"id": ID, "version": {"type": "integer", "minimum": 1}},
                "additionalProperties": False,
            },
        ]
    }
    return {
        "type": "object",
        "description": "1,000 operations at most; they are done in the order create, update, delete.",
        "properties": {
            "create": {"type": "array", "items": ref(f"{key}.create"), "maxItems": 1000},
            "update": {"type": "array", "items": update, "maxItems": 1000},
            "delete": {"type": "array", "items": delete, "maxItems": 1000},
        },
        "additionalProperties": False,
    }


def _batch_answer() -> Schema:
    results = {"type": "array", "items": {"anyOf": [ref("Saved"), ref("Error")]}}
    names = ("create", "update", "delete")
    data = {"type": "object", "required": list(names), "properties": dict.fromkeys(names, results)}
    return {"type": "object", "required": ["data"], "properties": {"data": data}}


def _content() -> dict[str, Any]:
    return {
        "operationId": "files.content",
        "tags": ["files"],
        "summary": "The content of a file",
        "parameters": [_component("id")],
        "responses": {
            "200": {
                "description": "The bytes, as an attachment.",
                "content": {"application/octet-stream": {"schema": {}}},
            },
            **{status: {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in READING},
        },
    }


def _background() -> dict[str, Any]:
    return {
        "operationId": "operations.get",
        "summary": "How far an operation in the background is",
        "parameters": [_component("id")],
        "responses": {
            "200": _json("The operation.", {"type": "object", "properties": {"data": dict(BACKGROUND)}}),
            **{status: {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in READING},
        },
    }


def _self() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This document",
        "responses": {
            "200": _json("This document.", {"type": "object"}),
            **{status: {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in READING},
        },
    }


def _json(description: str, schema: Schema, headers: Schema | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"description": description, "content": {"application/json": {"schema": schema}}}
    if headers:
        made["headers"] = headers
    return made


def _json_body(schema: Schema) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _problem(text: str) -> dict[str, Any]:
    return _json(text, ref("Error"))


def _component(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _query(name: str, description: str, schema: Schema, example: object = None) -> Schema:
    made: Schema = {"name": name, "in": "query", "description": description, "schema": schema}
    if example is not None:
        made["example"] = example
    return made


ETAG: Schema = {"ETag": {"description": "The record's version, for If-Match.", "schema": {"type": "string"}}}
LOCATION: Schema = {"Location": {"description": "The record's address.", "schema": {"type": "string"}}}
_TEXT: Schema = {"type": "string"}
FILE: Schema = {
    "type": "object",
    "required": ["id", "name", "content_type", "size", "field", "content"],
    "properties": {
        "id": ID,
        "name": {"type": ["string", "null"]},
        "content_type": {"type": ["string", "null"]},
        "size": {"type": ["integer", "null"], "description": "In bytes."},
        "field": {
            "type": ["string", "null"],
            "description": "The field of the record that holds it; null where it hangs on the record itself.",
        },
        "content": {"type": "string", "description": "The address of its content."},
    },
}

PARAMETERS: Schema = {
    "id": {"name": "id", "in": "path", "required": True, "description": "The record's id.", "schema": ID},
    "where": _query("where", "A condition, in the expression language.", _TEXT, "created_at >= '2026-01-01'"),
    "sort": _query(
        "sort", "Fields to sort by, a minus before one that falls; empties come last.", _TEXT, "-created_at"
    ),
    "fields": _query(
        "fields", "Only these fields (and the id); paths through relations too.", _TEXT, "id,created_at"
    ),
    "include": _query(
        "include", "Relations whose record comes along in `data`, and rows.", _TEXT, "created_by"
    ),
    "limit": _query(
        "limit",
        "How many records a page has.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "after": _query("after", "The cursor `next` of the page before.", _TEXT),
    "count": _query(
        "count",
        "Whether to count: up to 1,000, exactly, or not at all.",
        {"type": "string", "enum": list(COUNTS), "default": COUNTS[0]},
    ),
    "group": _query("group", "Fields to group by; the answer has groups instead of records.", _TEXT),
    "value": _query("value", "Each group's value: count(), or sum, avg, min or max of a field.", _TEXT),
    "atomic": _query(
        "atomic",
        "false saves what can be saved; otherwise all or nothing.",
        {"type": "boolean", "default": True},
    ),
    "duplicates": _query(
        "duplicates",
        "save saves what may be there already, too; otherwise it is a 409 that names what it may be.",
        {"type": "string", "enum": ["refuse", "save"], "default": "refuse"},
    ),
    "if_match": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of the record that the change was made on; another one by now is a 409.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
    },
    "idempotency_key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes the request safe to repeat: what was done is answered again for 24 hours.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    },
}
"""The parameters, by the name they have in the document."""
