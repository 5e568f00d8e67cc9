"""A small shop whose values come about by formulas, defaults and sums over rows."""

from tests.support.crm import App
from tests.support.rest import make

PACK = """
    pack.yaml:
      title: Shop
      version: 1.0.0
      currency: EUR
      timezone: Europe/Helsinki
      constants: {vat: 25.5}
    schemas/modules/accounts.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        discount: {type: percent}
    schemas/modules/orders.yaml:
      title: name
      fields:
        name: {type: text, required: true}
        account: {type: relation, module: accounts, inverse: orders}
        stage: {type: picklist, picklist: stage}
        price: {type: money}
        total: {type: money}
        vat: {type: money, default: =price * const.vat / 100}
        note: {type: text}
      rows: {items: {module: order_items}}
    schemas/modules/order_items.yaml:
      title: text
      fields: {text: {type: text}, qty: {type: integer}, cost: {type: money, formula: parent.price * qty}}
    schemas/picklists/stage.yaml:
      values: {open: {kind: open}, won: {kind: won}}
    formulas/orders.yaml:
      total: {field: total, value: price * (100 - account.discount) / 100, when: stage != 'won'}
      note: {field: note, run: [create], value: "concat('Pieces: ', sum(items.qty))"}
"""


def make_order(app: App) -> int:
    """An order of two rows by an account with a discount; its id."""
    program = app.program()
    acme = make(program, "accounts", name="Acme", discount="10")["id"]
    items = [{"text": "Chair", "qty": 2}, {"text": "Desk", "qty": 3}]
    order: int = make(program, "orders", name="Big", account=acme, price="200", items=items)["id"]
    return order
