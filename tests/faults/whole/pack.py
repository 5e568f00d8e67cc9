"""The pack of the whole trial: whatever a kill may tear has its count."""

ROWS_PER_MARK = 100
"""Of so many imported rows one has a run."""
STEPS = {"on_item": 7, "on_done": 1, "on_ready": 3, "on_row": 1}
"""How many steps each workflow's runs have."""

PACK = """
    schemas/modules/counters.yaml:
      fields:
        name: {type: text}
        total: {type: integer, default: 0}
    schemas/modules/items.yaml:
      fields:
        name: {type: text, required: true}
        email: {type: email}
        counter: {type: relation, module: counters, inverse: items}
        stage: {type: text}
        code: {type: text}
        is_done: {type: boolean}
    schemas/modules/notes.yaml:
      fields:
        name: {type: text}
        item: {type: relation, module: items, inverse: notes}
        told: {type: text}
    schemas/modules/visits.yaml:
      fields:
        name: {type: text, required: true}
    schemas/modules/rows.yaml:
      fields:
        name: {type: text, required: true}
        row: {type: integer}
    schemas/modules/marks.yaml:
      fields:
        name: {type: text}
    templates/mail/welcome.yaml:
      module: items
      subject: Welcome, {{ name }}
      text: We look forward to {{ name }}.
    schemas/workflows/on_item.yaml:
      module: items
      trigger: created
      on_error: {retry: {times: 5, backoff: 1 second}}
      steps:
        - create: {module: notes, set: {name: first, item: =this}}
          as: note
        - http:
            url: "ADDRESS/call"
            body: {item: =name, about: first, note: =note.id}
            save: {response.code: code}
        - email: {template: welcome, to: =email}
        - wait: {for: 1 second}
        - update: {record: =counter, set: {total: =counter.total + 1}}
        - update: {record: =note, set: {told: =code}}
        - update: {set: {is_done: true}}
    schemas/workflows/on_done.yaml:
      module: items
      trigger: {changed: is_done}
      steps: [{update: {record: =counter, set: {total: =counter.total + 1}}}]
    schemas/workflows/on_ready.yaml:
      module: items
      trigger: {changed: stage}
      on_error: {retry: {times: 5, backoff: 1 second}}
      steps:
        - http: {url: "ADDRESS/call", body: {item: =name, about: ready}}
        - create: {module: notes, set: {name: ready, item: =this, told: =stage}}
        - update: {record: =counter, set: {total: =counter.total + 1}}
    schemas/workflows/on_row.yaml:
      module: rows
      trigger: created
      when: row % ROWS_PER_MARK == 0
      steps: [{create: {module: marks, set: {name: =name}}}]
"""  # fmt: skip


def pack(address: str) -> str:
    """The pack, whose workflows call an address."""
    return PACK.replace("ADDRESS", address).replace("ROWS_PER_MARK", str(ROWS_PER_MARK))
