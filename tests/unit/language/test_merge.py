"""How layers lie over each other, beyond what the packs of tests/config show."""

from runtime.language.merge import Merge
from runtime.language.nodes import MapNode
from runtime.language.read import read
from runtime.language.source import Source


def merged(*texts: str, kind: str = "modules") -> tuple[object, list[str]]:
    nodes = []
    for number, text in enumerate(texts):
        node, found = read(Source(f"{number}.yaml", text, layer=str(number)))
        assert found == []
        assert isinstance(node, MapNode)
        nodes.append(node)
    merge = Merge(kind)
    result = merge.layers(nodes, "key")
    return result.plain, [one.code for one in merge.found]


def order(*texts: str) -> list[str]:
    plain, found = merged(*texts)
    assert found == []
    assert isinstance(plain, dict)
    return list(plain["fields"])


def test_several_entries_beside_one_keep_their_order():
    lower = "fields: {a: {type: text}, z: {type: text}}"
    upper = "fields: {b: {type: text, after: a}, c: {type: text, after: a}, y: {type: text, before: z}}"
    assert order(lower, upper) == ["a", "b", "c", "y", "z"]


def test_an_entry_may_stand_beside_one_that_is_placed_itself():
    lower = "fields: {a: {type: text}, z: {type: text}}"
    upper = "fields: {b: {type: text, after: c}, c: {type: text, after: a}}"
    assert order(lower, upper) == ["a", "c", "b", "z"]


def test_an_entry_of_a_lower_layer_is_moved():
    assert order("fields: {a: {type: text}, b: {type: text}}", "fields: {b: {before: a}}") == ["b", "a"]


def test_places_say_nothing_in_the_merged_tree():
    assert merged("fields: {a: {type: text}, b: {type: text, before: a}}")[0] == {
        "fields": {"b": {"type": "text"}, "a": {"type": "text"}}
    }


def test_a_scalar_and_a_list_replace_and_a_map_is_merged():
    lower = "label: Deal\nsearch: [a, b]\nfields: {a: {type: text, max: 5}}"
    upper = "label: Offer\nsearch: [b]\nfields: {a: {max: 7}}"
    assert merged(lower, upper) == (
        {"label": "Offer", "search": ["b"], "fields": {"a": {"type": "text", "max": 7}}},
        [],
    )


def test_a_label_in_one_language_gives_way_to_one_in_several():
    assert merged("label: Deal", "label: {en: Deal, fi: Kauppa}")[0] == {
        "label": {"en": "Deal", "fi": "Kauppa"}
    }
    assert merged("label: {en: Deal, fi: Kauppa}", "label: {fi: Diili}")[0] == {
        "label": {"en": "Deal", "fi": "Diili"}
    }


def test_a_list_is_edited_over_three_layers():
    texts = ("search: [a, b]", "search: {add: [c], before: b}", "search: {remove: [a], add: [d, e]}")
    assert merged(*texts) == ({"search": ["c", "b", "d", "e"]}, [])


def test_a_list_of_lists_is_edited_by_whole_items():
    assert merged("unique: [[a, b], [c]]", "unique: {remove: [[a, b]]}") == ({"unique": [["c"]]}, [])


def test_a_removed_entry_may_come_back_in_a_higher_layer():
    texts = ("fields: {a: {type: text, max: 5}}", "fields: {a: null}", "fields: {a: {type: date}}")
    assert merged(*texts) == ({"fields": {"a": {"type": "date"}}}, [])


def test_a_field_of_another_type_keeps_what_every_field_has():
    lower = "fields: {a: {type: text, max: 5, label: A, required: true, default: x}}"
    assert merged(lower, "fields: {a: {type: date}}")[0] == {
        "fields": {"a": {"label": "A", "required": True, "type": "date"}}
    }


def test_a_field_of_the_same_type_keeps_its_settings():
    lower = "fields: {a: {type: text, max: 5}}"
    assert merged(lower, "fields: {a: {type: text}}")[0] == {"fields": {"a": {"type": "text", "max": 5}}}


def test_a_block_that_shows_another_thing_loses_what_it_showed():
    lower = "card: {tabs: {a: {b: {label: B, fields: [x], columns: 3}}}}"
    upper = "card: {tabs: {a: {b: {related: deals}}}}"
    assert merged(lower, upper, kind="layouts")[0] == {
        "card": {"tabs": {"a": {"b": {"label": "B", "related": "deals"}}}}
    }


def test_a_field_called_add_is_no_edit():
    lower = "fields: {add: {type: text}}"
    assert merged(lower, "fields: {add: {max: 5}}") == ({"fields": {"add": {"type": "text", "max": 5}}}, [])


def test_after_is_a_word_like_any_other_in_translations_and_constants():
    assert merged("constants: {after: 5, before: 7}", kind="pack") == (
        {"constants": {"after": 5, "before": 7}},
        [],
    )
    text = "picklists: {when: {values: {before: Ennen, after: Jälkeen}}}"
    assert merged(text, kind="translations")[1] == []


def test_what_there_is_nothing_to_do_with_is_told():
    assert merged("search: {add: [a]}")[1] == ["L108"]
    assert merged("search: [a]", "search: {remove: [b], add: [c], after: d}")[1] == ["L109", "L109"]
    assert merged("label: null")[1] == ["L106"]
    assert merged("fields: {a: {type: text, after: b}}")[1] == ["L107"]
