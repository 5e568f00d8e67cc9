"""The texts of letters have no way out of them, and an end."""

import pytest

from runtime.language.letter_text import DEEPEST, LetterTextError, places, take_apart

ATTACKS = (
    "{{ ''.__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ 7*7 }}",
    "{{ 'a' * 9999999 }}", "{{ 2 ** 9999 }}", "{{ name() }}", "{{ name.format('x') }}",
    "{{ name['__class__'] }}", "{{ [1, 2] }}", "{{ {'a': 1} }}", "{{ (1, 2) }}", "{{ name|attr('x') }}",
    "{{ name|map('upper') }}", "{{ name|center(9999999) }}", "{{ name|replace('a', 'b') }}",
    "{{ name|join }}", "{{ name|safe }}", "{{ name|tojson }}", "{{ name|pprint }}", "{{ name|format(1) }}",
    "{{ name|list }}", "{{ name|wordwrap(1) }}", "{{ name|indent(99999) }}", "{% set x = 1 %}",
    "{% macro m() %}{% endmacro %}", "{% import 'x' as y %}", "{% from 'x' import y %}",
    "{% include '/etc/passwd' %}", "{% extends 'x' %}", "{% block b %}{% endblock %}",
    "{% call m() %}{% endcall %}", "{% filter upper %}{% endfilter %}", "{% raw %}{% endraw",
    "{% for a in b recursive %}{{ loop(a) }}{% endfor %}", "{% for a in b if a.c %}{% endfor %}",
    "{% for a, c in b %}{% endfor %}", "{% for a in [1, 2] %}{% endfor %}",
    "{% for a in 'abc' %}{% endfor %}", "{% for a in b %}{% for c in a.d %}{% endfor %}{% endfor %}",
    "{% for a in b %}{{ a }}{% endfor %}", "{% with x = 1 %}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}", "{% do x %}", "{{ name is callable }}", "{{ -name }}",
    "{{ name + name }}", "{{ name[0:5] }}", "{{ name", "{% if %}", "{{ none.x }}", "{{ true.real }}",
    "{% if a %}" * (DEEPEST + 5) + "{% endif %}" * (DEEPEST + 5),
    "{{ " + "(" * 5000 + "a" + ")" * 5000 + " }}", "{{ " + "not " * 5000 + "a }}",
)  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_what_leads_out_of_a_text_or_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(LetterTextError):
        take_apart(text)


def test_a_text_says_what_it_reads_and_nothing_of_that_is_left_in_what_is_compiled() -> None:
    taken = take_apart(
        "{{ account.name|upper }}"
        "{% if stage == 'won' and amount is not none %}{{ amount }}{% else %}-{% endif %}"
        "{% for item in items %}{{ item.product.name }}{{ 'many' if item.qty > 1 else '' }}{% endfor %}"
    )
    assert list(taken.reads) == ["account.name", "stage", "amount"]
    (loop,) = taken.loops
    assert (loop.path, loop.named, list(loop.reads)) == ("items", "item", ["product.name", "qty"])
    from jinja2 import nodes

    assert list(taken.tree.find_all(nodes.Getattr)) == []
    names = {each.name for each in taken.tree.find_all(nodes.Name)}
    assert names == {"shown_0", "value_1", "value_2", "shown_2", "rows_0", "item"}


def test_a_path_is_found_wherever_a_text_names_it_and_nowhere_else() -> None:
    text = (
        "name {{ name }} {{ a.name }} {% if name == 'name' %}{% endif %}"
        "{% for x in b %}{{ x.name }}{% endfor %}"
    )
    assert [text[place:][:4] for place in places(text, "name")] == ["name", "name"]
    (at,) = places(text, "name", "x")
    assert text[at - 2 : at + 4] == "x.name"
