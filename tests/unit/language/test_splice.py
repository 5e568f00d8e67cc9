"""The splice editor: one thing changes, and every other character stays as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.language.nodes import MapNode, Scalar
from runtime.language.read import read
from runtime.language.source import Source
from runtime.language.splice import Change, SpliceError, remove, rename_key, set_value, spliced

TEXT = """\
# what we sell
label: {en: Deal, fi: "Kauppa"}   # two languages

fields:
  # the first one
  name: {type: text, max: 120}
  stage:
    type: picklist      # open, won
    default: 'open'
search: [name, "number"]
"""


def plain(text):
    node, found = read(Source("x.yaml", text))
    assert not found, (text, found)
    assert node is not None
    return node.plain


@pytest.mark.parametrize(
    "path, value, old, new",
    [
        (("fields", "stage", "default"), "it's won", "'open'", "'it''s won'"),
        (("fields", "name", "max"), 80, "120", "80"),
        (("label", "fi"), "Diili: uusi", '"Kauppa"', '"Diili: uusi"'),
        (("label", "sv"), "Affär", 'fi: "Kauppa"}', 'fi: "Kauppa", sv: Affär}'),
        (
            ("fields", "stage", "index"),
            True,
            "    default: 'open'\n",
            "    default: 'open'\n    index: true\n",
        ),
        (("fields", "size", "type"), "text", "search:", "search:"),
        (("search",), ["name"], '[name, "number"]', "[name]"),
        (("search", "1"), "stage", '"number"', '"stage"'),
    ],
)
def test_a_value_is_set(path, value, old, new):
    made = set_value(TEXT, path, value)
    if path[1:2] == ("size",):
        new_lines = "  size:\n    type: text\n"
        assert made == TEXT.replace("search:", new_lines + "search:")
    else:
        assert made == TEXT.replace(old, new, 1)


def test_a_key_is_renamed_and_an_entry_removed():
    assert rename_key(TEXT, ("fields", "stage"), "phase") == TEXT.replace("  stage:", "  phase:")
    assert remove(TEXT, ("label", "en")) == TEXT.replace("en: Deal, ", "")
    assert remove(TEXT, ("label", "fi")) == TEXT.replace(', fi: "Kauppa"', "")
    assert remove(TEXT, ("fields", "name")) == TEXT.replace("  name: {type: text, max: 120}\n", "")
    whole = "  stage:\n    type: picklist      # open, won\n    default: 'open'\n"
    assert remove(TEXT, ("fields", "stage")) == TEXT.replace(whole, "")
    with pytest.raises(SpliceError):
        remove(TEXT, ("fields", "size"))


def test_an_empty_file_gets_its_first_entry():
    assert set_value("", ("fields", "name", "label"), "Name") == "fields:\n  name:\n    label: Name\n"
    assert plain(set_value("# nothing yet\n", ("a",), "no: yes")) == {"a": "no: yes"}


def test_changes_are_made_where_they_are_and_nowhere_else():
    assert spliced("a.b + a", [Change(0, 1, "long"), Change(6, 7, "c")]) == "long.b + c"


KEYS = st.sampled_from(["a", "b", "c", "long_name", "true_", "no"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=12)
SCALARS = st.one_of(st.booleans(), st.integers(-(10**9), 10**9), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(SCALARS, min_size=1, max_size=3), st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
MAPS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def written(value, draw, indent=0):
    """A map as somebody might write it: in blocks and brackets, with comments and blank lines."""
    lines = []
    for key, each in value.items():
        if draw(st.booleans()):
            lines.append(" " * indent + draw(st.sampled_from(["# a: remark", "", "#"])))
        if isinstance(each, dict) and draw(st.booleans()):
            lines += [" " * indent + f"{key}:", *written(each, draw, indent + 2)]
        else:
            inline = set_value("", ("x",), each)[3:-1]
            lines.append(" " * indent + f"{key}: {inline}" + draw(st.sampled_from(["", "   # said"])))
    return lines


def paths_of(value, path=()):
    for key, each in value.items():
        yield (*path, key)
        if isinstance(each, dict):
            yield from paths_of(each, (*path, key))


def holder_of(value, path):
    for step in path[:-1]:
        value = value[step]
    return value


@settings(max_examples=150, deadline=None)
@given(st.data(), MAPS)
def test_only_what_is_meant_changes(data, value):
    text = "\n".join(written(value, data.draw)) + "\n"
    assert plain(text) == value
    path = data.draw(st.sampled_from(sorted(paths_of(value))))
    new = data.draw(VALUES)
    made = set_value(text, path, new)
    holder_of(value, path)[path[-1]] = new
    assert plain(made) == value
    remarks = [line for line in text.splitlines() if line.strip().startswith("#")]
    if isinstance(new, dict) or not remarks:
        return
    gone = [line for line in made.splitlines() if line.strip().startswith("#")]
    assert len(gone) <= len(remarks)
    added = set_value(made, (*path[:-1], "brand_new"), 1)
    holder_of(value, path)["brand_new"] = 1
    assert plain(added) == value
    assert plain(remove(added, (*path[:-1], "brand_new"))) == plain(made)
    assert remove(added, (*path[:-1], "brand_new")) == made


def test_nothing_is_read_into_a_scalar_that_is_not_there():
    node, _ = read(Source("x.yaml", "a: 'it''s'"))
    assert isinstance(node, MapNode)
    scalar = node.items["a"]
    assert isinstance(scalar, Scalar)
    assert scalar.offsets() == [4, 5, 6, 8]
