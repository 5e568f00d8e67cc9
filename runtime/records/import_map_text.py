"""A map as the text of a file, to be kept and used again with ``trellis import --map``."""

import json

from runtime.records.import_map import ColumnMap, ImportMap


def map_text(columns: ImportMap) -> str:
    """The map in YAML; :func:`runtime.records.import_map.read_map` reads it back alike."""
    lines = ["columns:"]
    lines += [f"  {_quoted(column.header)}: {_column(column)}" for column in columns.columns]
    others = sorted(columns.empty - {""})
    if others:
        lines.append(f"empty: [{', '.join(map(_quoted, others))}]")
    for key, value in (("encoding", columns.encoding), ("delimiter", columns.delimiter)):
        if value is not None:
            lines.append(f"{key}: {_quoted(value)}")
    if columns.anyway:
        lines.append("duplicates: save")
    return "\n".join(lines) + "\n"


def _column(column: ColumnMap) -> str:
    settings = [f"field: {column.place}"]
    settings += ["key: true"] if column.key else []
    settings += [f"match: {column.match}"] if column.match else []
    settings += ["create: true"] if column.create else []
    settings += [f"format: {_quoted(column.format)}"] if column.format else []
    settings += [f"decimal: {_quoted(column.decimal)}"] if column.decimal else []
    return column.place if len(settings) == 1 else f"{{{', '.join(settings)}}}"


def _quoted(text: str) -> str:
    # JSON's strings are YAML's, but for the characters that JSON leaves as they are and YAML does not take.
    return json.dumps(text, ensure_ascii=not text.isprintable())
