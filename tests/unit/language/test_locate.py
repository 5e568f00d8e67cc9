"""Whatever way a text is written in YAML, each of its characters is found where it stands."""

from hypothesis import given, settings
from hypothesis import strategies as st
from yaml import safe_dump

from runtime.language.nodes import MapNode, Scalar
from runtime.language.read import read
from runtime.language.source import Source

TEXTS = st.text(st.sampled_from("abc (),.='\"#:-[]{}äö\\"), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, style=st.sampled_from([None, "'", '"', "|", ">"]), width=st.integers(5, 40))
def test_a_dumped_text_is_located_character_by_character(text: str, style: str | None, width: int):
    written = safe_dump({"key": text}, default_style=style, width=width, allow_unicode=True)
    node, found = read(Source("x.yaml", written.replace('"key"', "key").replace("'key'", "key")))
    if found or not isinstance(node, MapNode):
        return
    scalar = node.items.get("key")
    if not isinstance(scalar, Scalar) or scalar.text != text:
        return
    lines = node.source.text.split("\n")
    for offset, character in enumerate(text):
        span = scalar.locate(offset, offset + 1)
        there = lines[span.line - 1][span.column - 1 : span.column]
        if character not in " \n" and there not in ("\\", ""):
            assert there == character, (written, offset)


@settings(max_examples=100, deadline=None)
@given(text=TEXTS, start=st.integers(-5, 100), end=st.integers(-5, 100))
def test_any_offsets_give_a_place_inside_the_file(text: str, start: int, end: int):
    source = Source("x.yaml", "key: |\n" + "".join(f"  {line}\n" for line in text.split("\n")))
    node, found = read(source)
    if found or not isinstance(node, MapNode):
        return
    scalar = node.items["key"]
    assert isinstance(scalar, Scalar)
    span = scalar.locate(start, end)
    assert (1, 1) <= (span.line, span.column) < (span.end_line, span.end_column)
    assert span.end_line <= source.text.count("\n") + 1
