"""The card of a group: its members with their roles in it, and what it is to sell."""

from tests.support.crm import App

PACK = """
schemas/modules/deals.yaml:
  fields:
    name: {type: text}
"""


def test_a_group_has_members_with_a_role_each_and_a_budget_for_each_period(crm) -> None:
    app: App = crm(PACK)
    admin, browser = app.program(), app.sign_in()
    ann = app.user("ann@example.com", admin=False)
    given = {
        "name": "North",
        "type": "sales",
        "members": [{"id": ann, "role": "Key accounts"}],
        "budgets": [{"starts": "2026-01-01", "period": "quarter", "amount": "250000"}],
    }
    answer = admin("POST", "/groups", json=given)
    assert answer.status_code == 201, answer.text
    group = answer.json()["data"]["id"]
    card = browser.get(f"/app/groups/{group}")
    assert card.status == 200
    for told in ("Sales", "Ann", "Key accounts", "Sales budgets", "Quarter", "250,000"):
        assert told in card, told
    form = browser.get(f"/app/groups/{group}/edit")
    assert 'name="budgets.' in form.text


def test_a_period_has_one_budget(crm) -> None:
    app: App = crm(PACK)
    row = {"starts": "2026-01-01", "period": "year", "amount": "1"}
    answer = app.program()("POST", "/groups", json={"name": "North", "budgets": [row, row]})
    assert answer.status_code == 422


def test_budgets_are_written_by_administrators_alone(crm) -> None:
    app: App = crm(PACK)
    row = {"starts": "2026-01-01", "period": "year", "amount": "1"}
    made = app.program()("POST", "/groups", json={"name": "North", "budgets": [row]}).json()["data"]
    app.user("ann@example.com", admin=False)
    ann = app.program("ann@example.com")
    number = made["budgets"][0]["id"]
    assert ann("PATCH", f"/group_budgets/{number}", json={"amount": "9"}).status_code in (403, 404)
    assert ann("PATCH", f"/groups/{made['id']}", json={"budgets": []}).status_code == 403
    assert (
        app.program()("GET", f"/groups/{made['id']}").json()["data"]["budgets"][0]["amount"]["amount"]
        == "1.00"
    )


def test_no_group_is_part_of_itself_and_nobody_manages_whoever_manages_them(crm) -> None:
    app: App = crm(PACK)
    admin = app.program()
    groups = [admin("POST", "/groups", json={"name": name}).json()["data"]["id"] for name in ("A", "B", "C")]
    users = [app.user(f"{name}@example.com", admin=False) for name in ("ada", "bob", "cid")]
    for module, ids, field, said in (
        ("groups", groups, "parent", "A group cannot be part of itself, nor of one that is part of it."),
        ("users", users, "manager", "Nobody can be managed by themselves, nor by somebody whom they manage."),
    ):
        first, second, third = ids
        assert admin("PATCH", f"/{module}/{second}", json={field: first}).status_code == 200
        assert admin("PATCH", f"/{module}/{third}", json={field: second}).status_code == 200
        for above in (first, second, third):
            refused = admin("PATCH", f"/{module}/{first}", json={field: above})
            assert refused.status_code == 422, refused.text
            assert said in refused.text
        assert admin("GET", f"/{module}/{first}").json()["data"][field] is None
        assert admin("PATCH", f"/{module}/{first}", json={"name": "Another"}).status_code == 200
        assert admin("PATCH", f"/{module}/{third}", json={field: first}).status_code == 200
