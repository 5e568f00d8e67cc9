"""The press: texts are written in a child that reaches nothing, and that ends where it would go on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from runtime.automation.press import Press
from runtime.language.letter_text import LetterTextError, take_apart
from runtime.steps.base import StepError

ATTACKS = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name.__class__ }}",
    "{{ name['__class__'] }}",
    "{{ name|attr('__class__') }}",
    "{{ name|map(attribute='__class__')|list }}",
    "{{ ().__class__ }}",
    "{{ [].__class__.__base__ }}",
    "{{ {}.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ name.upper() }}",
    "{{ name.format(name) }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ '%s' % name }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ name|format(1) }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ range(1000000000) }}",
    "{% for a in range(1000000000) %}x{% endfor %}",
    "{% for a in 'x' * 1000000000 %}x{% endfor %}",
    "{% for a in items %}{% for b in items %}{% for c in items %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
    "{% for a in items if a.__class__ %}x{% endfor %}",
    "{% for a, b in items %}x{% endfor %}",
    "{% for a in items %}{{ a }}{% endfor %}",
    "{% for a in items %}{{ a.__class__.__mro__ }}{{ loop.__class__() }}{% endfor %}",
    "{{ 'x' * 1000000000 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 2 ** 999999999 }}",
    "{{ 10 // 0 }}",
    "{{ name + name }}",
    "{{ -name }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ name|indent(1000000000) }}",
    "{{ name|replace('a', 'b' * 100) }}",
    "{{ name|wordwrap(1) }}",
    "{{ name|batch(100000000)|list }}",
    "{{ name|slice(100000000)|list }}",
    "{{ name|tojson }}",
    "{{ name|pprint }}",
    "{{ name|safe }}",
    "{{ name|xmlattr }}",
    "{{ name|urlize }}",
    "{{ name|random }}",
    "{{ name is callable }}",
    "{{ name is sameas name }}",
    "{% set x = name %}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}",
    "{% macro a() %}{{ a() }}{% endmacro %}",
    "{% call name() %}{% endcall %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import popen %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
    "{% with a = name %}{% endwith %}",
    "{% do name.x() %}",
    "{% debug %}",
    "{{ [1, 2, 3] }}",
    "{{ {'a': name} }}",
    "{{ name[0] }}",
    "{{ name[::-1] }}",
    "{{ none.__class__ }}",
    "{{ true.__class__ }}",
    "{{ caller() }}",
    "{{ varargs }}{{ kwargs() }}",
    "{{ " + "(" * 5000 + "name" + ")" * 5000 + " }}",
    "{% if name %}" * 2000 + "{% endif %}" * 2000,
    "{{ not " * 3 + "name",
)
"""Texts that would get out of a template, or never end."""


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press()
    yield made
    made.close()


def test_no_attack_gets_past_the_reading_of_a_text():
    escapes = []
    for text in ATTACKS:
        try:
            found = take_apart(text)
        except LetterTextError:
            continue
        # What is let through names paths alone: no path of a record has such a name.
        if not any(
            "_" in part or part in ("self", "varargs") for path in found.reads for part in path.split(".")
        ):
            escapes.append(text[:60])
    assert len(ATTACKS) >= 75
    assert escapes == []


def test_no_attack_gets_through_the_press_and_it_goes_on_after_each(press: Press):
    values = {"shown_0": "CANARY", "value_0": "CANARY", "rows_0": [{"shown_0": "CANARY"}]}
    said = []
    for text in ATTACKS:
        try:
            said.append(press.write(text, values, html=False))
        except StepError:
            continue
    assert not [text for text in said if text.replace("CANARY", "")]
    assert press.write("{{ name }}", values, html=False) == "CANARY"


def test_values_arrive_as_what_they_are(press: Press):
    text = "{% if amount > 10.5 %}much{% endif %} {% if a < b %}before{% endif %} {{ name }}"
    reads = list(take_apart(text).reads)
    known = {"amount": Decimal("12.50"), "a": date(2026, 1, 1), "b": date(2026, 1, 2), "name": "<b>"}
    values = {f"value_{place}": known[path] for place, path in enumerate(reads)}
    values |= {f"shown_{place}": str(known[path]) for place, path in enumerate(reads)}
    assert press.write(text, values, html=True) == "much before &lt;b&gt;"


def test_a_comparison_that_makes_no_sense_is_told(press: Press):
    with pytest.raises(StepError, match="could not be written"):
        press.write("{% if a > 1 %}x{% endif %}", {"value_0": "text"}, html=False)


def test_a_text_that_grows_too_long_is_cut_off():
    press = Press(longest=1000)
    rows = [{"shown_0": "x" * 100}] * 11
    try:
        with pytest.raises(StepError, match="longer than 1000 characters"):
            press.write("{% for a in b %}{{ a.c }}{% endfor %}", {"rows_0": rows}, html=False)
        assert press.write("{{ a }}", {"shown_0": "good"}, html=False) == "good"
    finally:
        press.close()


def test_a_child_that_gives_no_answer_is_ended_and_the_next_text_gets_another():
    press = Press(patience=0.2, command=(sys.executable, "-c", "import time; time.sleep(600)"))
    for _ in range(2):
        with pytest.raises(StepError, match="too long"):
            press.write("{{ a }}", {"shown_0": "x"}, html=False)
    assert press._child is None


WALLED = """
import json, socket, sys
from runtime.automation.press_child import limit
limit(400 << 20)
said = []
for name, act in {
    "file": lambda: open("/etc/passwd"),
    "write": lambda: open("/tmp/escaped", "w"),
    "connection": lambda: socket.create_connection(("127.0.0.1", 9)),
    "program": lambda: __import__("subprocess").run(["/bin/true"]),
    "memory": lambda: "x" * (1 << 30),
}.items():
    try:
        act()
        said.append(name)
    except (OSError, MemoryError, ImportError):
        pass
print(json.dumps(said))
"""


def test_in_the_child_nothing_can_be_opened_and_memory_ends():
    done = subprocess.run([sys.executable, "-c", WALLED], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
