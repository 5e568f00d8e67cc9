"""Every kind of file follows a rename: names at its places are understood, told, and written anew."""

import pytest

from runtime.language.load import Loaded, known_kinds, load_sources
from runtime.language.packs import LayerFiles
from runtime.language.report import as_text
from runtime.model.catalog import Layer
from tests.support.packs import house

BELOW = {
    "pack.yaml": "title: Standard\nlanguages: [en, fi]\n",
    "schemas/modules/firms.yaml": """\
was: accounts
fields:
  name: {type: text}
  town: {type: text, was: city}
  size: {type: picklist, picklist: sizes}
  people: {type: relations, module: people, inverse: firms, link: {part: {type: text, was: role}}, was: staff}
rows: {lines: {module: firm_lines}}
""",
    "schemas/modules/firm_lines.yaml": "fields: {text: {type: text, was: words}}\n",
    "schemas/modules/people.yaml": "fields: {name: {type: text}, firm: {type: relation, module: firms}}\n",
    "schemas/picklists/sizes.yaml": "values: {small: {was: tiny}, large: {}}\n",
    "schemas/layouts/firms.yaml": "list: [name, town]\n",
}
ABOVE = {
    "pack": ("pack.yaml", "title: Acme # ours\n", None),
    "modules": (
        "schemas/modules/accounts.yaml",
        (
            "title: '{name} ({city})'\n"
            "fields:\n"
            "  city: {label: Town, after: name}   # a layer over it\n"
            "  size: {default: tiny}\n"
            "  twin: {type: relation, module: accounts, after: city}\n"
            "rules:\n"
            "  far: {when: city == 'Oslo' and size == 'tiny', require: [city], limit: {size: [tiny]}, "
            "set: {size: tiny}}\n"
            'checks: {named: {check: "not is_empty(twin.city)", message: city, location: city}}\n'
            "search: [name, twin.city]\n"
        ),
        (
            "title: '{name} ({town})'\n"
            "fields:\n"
            "  town: {label: Town, after: name}   # a layer over it\n"
            "  size: {default: small}\n"
            "  twin: {type: relation, module: firms, after: town}\n"
            "rules:\n"
            "  far: {when: town == 'Oslo' and size == 'small', require: [town], limit: {size: [small]}, "
            "set: {size: small}}\n"
            'checks: {named: {check: "not is_empty(twin.town)", message: city, location: town}}\n'
            "search: [name, twin.town]\n"
        ),
    ),
    "picklists": (
        "schemas/picklists/sizes.yaml",
        "values: {tiny: {color: red, next: [tiny, large]}}\n",
        "values: {small: {color: red, next: [small, large]}}\n",
    ),
    "layouts": (
        "schemas/layouts/accounts.yaml",
        (
            "list: {remove: [city], add: [size]}\n"
            "card: {tabs: {a: {b: {related: staff, columns: [name, firm.city, link.role]}}}}\n"
        ),
        (
            "list: {remove: [town], add: [size]}\n"
            "card: {tabs: {a: {b: {related: people, columns: [name, firm.town, link.part]}}}}\n"
        ),
    ),
    "filters": (
        "schemas/filters/people.yaml",
        "far: {where: firm.city != 'city', columns: [firm.city], sort: [-firm.city], quick: [firm.city]}\n",
        "far: {where: firm.town != 'city', columns: [firm.town], sort: [-firm.town], quick: [firm.town]}\n",
    ),
    "formulas": (
        "formulas/accounts.yaml",
        (
            "f:\n  field: size\n  run: [create, city]\n  when: is_empty(city)\n  value: \"'tiny'\"\n"
            "  examples: [{given: {size: tiny}, expect: tiny}]\n"
        ),
        (
            "f:\n  field: size\n  run: [create, town]\n  when: is_empty(town)\n  value: \"'small'\"\n"
            "  examples: [{given: {size: small}, expect: small}]\n"
        ),
    ),
    "workflows": (
        "schemas/workflows/far.yaml",
        (
            "module: accounts\ntrigger: [{changed: [city]}, {changed: {field: size, to: tiny}}, "
            "{linked: staff}, {webhook: {key: calls, set: {city: city}}}]\n"
            "when: old.city != 'city'\n"
            "steps:\n"
            "  - update: {set: {name: =twin.city}}\n"
            "  - create: {module: accounts, set: {city: Oslo, size: tiny}, rows: {lines: [{words: =city}]}}\n"
            "  - for_each: {in: =staff, as: one, steps: [{update: {record: =one, set: {name: =city}}}]}\n"
            "  - for_each: {in: {filter: accounts.all}, as: each, steps: [{delete: {record: =each}}]}\n"
        ),
        (
            "module: firms\ntrigger: [{changed: [town]}, {changed: {field: size, to: small}}, "
            "{linked: people}, {webhook: {key: calls, set: {town: city}}}]\n"
            "when: old.town != 'city'\n"
            "steps:\n"
            "  - update: {set: {name: =twin.town}}\n"
            "  - create: {module: firms, set: {town: Oslo, size: small}, rows: {lines: [{text: =town}]}}\n"
            "  - for_each: {in: =people, as: one, steps: [{update: {record: =one, set: {name: =town}}}]}\n"
            "  - for_each: {in: {filter: firms.all}, as: each, steps: [{delete: {record: =each}}]}\n"
        ),
    ),
    "tools": (
        "schemas/tools/accounts.yaml",
        (
            "go:\n  show: city == 'Oslo' and size == 'tiny'\n"
            "  inputs: {size: {type: picklist, picklist: sizes}, other: {type: relation, module: accounts}}\n"
            "  steps:\n"
            "  - update: {set: {city: =inputs.other.city}}\n"
            "  - run_tool: {tool: accounts.come, inputs: {size: tiny}}\n"
            "come:\n  inputs: {size: {type: picklist, picklist: sizes}}\n  steps: [{stop: done}]\n"
        ),
        (
            "go:\n  show: town == 'Oslo' and size == 'small'\n"
            "  inputs: {size: {type: picklist, picklist: sizes}, other: {type: relation, module: firms}}\n"
            "  steps:\n"
            "  - update: {set: {town: =inputs.other.town}}\n"
            "  - run_tool: {tool: firms.come, inputs: {size: small}}\n"
            "come:\n  inputs: {size: {type: picklist, picklist: sizes}}\n  steps: [{stop: done}]\n"
        ),
    ),
    "jobs": (
        "schemas/jobs/far.yaml",
        (
            "schedule: '0 7 * * *'\nfor: {filter: accounts.all}\n"
            "steps: [{update: {set: {name: =twin.city}}}]\n"
        ),
        ("schedule: '0 7 * * *'\nfor: {filter: firms.all}\nsteps: [{update: {set: {name: =twin.town}}}]\n"),
    ),
    "approvals": (
        "schemas/approvals/far.yaml",
        (
            "module: accounts\nwhen: city != 'Oslo'\nlock: [city, lines]\n"
            "chain: [{approver: =owner, when: size == 'tiny'}]\n"
            "rejected: [{update: {set: {city: Oslo}}}]\n"
        ),
        (
            "module: firms\nwhen: town != 'Oslo'\nlock: [town, lines]\n"
            "chain: [{approver: =owner, when: size == 'small'}]\n"
            "rejected: [{update: {set: {town: Oslo}}}]\n"
        ),
    ),
    "letters": (
        "templates/mail/far.yaml",
        (
            "module: accounts\nsubject: '{{ city }}'\n"
            "text: |\n  {{ twin.city }} {{ city }}\n  {% for one in staff %}{{ one.name }}{% endfor %}\n"
        ),
        (
            "module: firms\nsubject: '{{ town }}'\n"
            "text: |\n  {{ twin.town }} {{ town }}\n  {% for one in people %}{{ one.name }}{% endfor %}\n"
        ),
    ),
    "documents": (
        "templates/documents/far.yaml",
        "module: accounts\nname: '{{ city }}'\ntext: '{{ twin.city }}'\n",
        "module: firms\nname: '{{ town }}'\ntext: '{{ twin.town }}'\n",
    ),
    "menu": (
        "schemas/menu.yaml",
        "main: {items: [accounts, {filter: people.far}]}\n",
        "main: {items: [firms, {filter: people.far}]}\n",
    ),
    "roles": ("schemas/access/roles.yaml", "boss: {label: Boss}\n", None),
    "profiles": (
        "schemas/access/profiles/sales.yaml",
        (
            "modules: {accounts: {read: true}}\nfields: {accounts.city: {read: true}}\n"
            "tools: {accounts.go: true}\n"
        ),
        "modules: {firms: {read: true}}\nfields: {firms.town: {read: true}}\ntools: {firms.go: true}\n",
    ),
    "sharing": (
        "schemas/access/sharing.yaml",
        "default: {accounts: read}\nrules: [{module: accounts, to: {role: boss}, grant: read}]\n",
        "default: {firms: read}\nrules: [{module: firms, to: {role: boss}, grant: read}]\n",
    ),
    "translations": (
        "translations/fi.yaml",
        (
            "modules: {accounts: {label: Yritys, fields: {city: Kaupunki}}}\n"
            "picklists: {sizes: {values: {tiny: Pieni}}}\n"
        ),
        (
            "modules: {firms: {label: Yritys, fields: {town: Kaupunki}}}\n"
            "picklists: {sizes: {values: {small: Pieni}}}\n"
        ),
    ),
    "data": (
        "data/accounts.yaml",
        "acme: {name: Acme, city: Oslo, size: tiny, lines: [{words: tiny}]}\n",
        "acme: {name: Acme, town: Oslo, size: small, lines: [{text: tiny}]}\n",
    ),
}
"""For each kind of file one that names things as they were called, and the same by the names of now."""


def loaded(name: str) -> Loaded:
    """The two layers: a pack that renamed things, and one above it that has not noticed."""
    files = {path: text for path, text, _ in ABOVE.values()}
    layers = [
        LayerFiles(Layer("below", "Below", "1.0.0", ""), BELOW),
        LayerFiles(Layer(name, "Above", "1.0.0", ""), files),
    ]
    parts = house()
    return load_sources(layers, types=parts.types, checks=parts.checks, language=parts.language)


def test_there_is_an_example_of_every_kind():
    assert ABOVE.keys() == known_kinds().keys() - {"tests"}, "tests are no part of what is applied"


def test_a_pack_that_uses_earlier_names_loads_with_a_warning_at_each():
    found = loaded("acme")
    assert found.catalog is not None, as_text(found.diagnostics, found.sources)
    assert {one.code for one in found.diagnostics} == {"M190"}, as_text(found.diagnostics, found.sources)
    told = {one.span.file for one in found.diagnostics}
    assert told == {path for path, _, now in ABOVE.values() if now is not None}
    assert found.catalog.modules["firms"].fields["town"].label.in_language("en") == "Town"
    assert [path.text for path in found.catalog.layouts["firms"].list] == ["name", "size"]


@pytest.mark.parametrize("kind", ABOVE)
def test_what_admins_changed_in_the_browser_is_written_anew(kind):
    path, text, now = ABOVE[kind]
    found = loaded("site")
    assert found.diagnostics == (), as_text(found.diagnostics, found.sources)
    files = found.layers[-1].files
    renamed = path.replace("/accounts.", "/firms.")
    assert files[renamed] == (text if now is None else now)
    assert len(files) == len(ABOVE)


def test_writing_anew_changes_nothing_where_all_names_are_of_now():
    first = loaded("site")
    parts = house()
    again = load_sources(first.layers, types=parts.types, checks=parts.checks, language=parts.language)
    assert again.earlier == ()
    assert again.catalog is not None
    assert first.catalog is not None
    assert again.catalog.hash == first.catalog.hash
