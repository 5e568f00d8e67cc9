"""Dynamic field formulas as a person meets them."""


def test_a_formula_fills_a_field_by_the_form_and_says_something_on_the_card(crm):
    app = crm("""
        schemas/modules/deals.yaml:
          title: name
          fields:
            name: {type: text, required: true}
            code: {type: text}
        formulas/deals.yaml:
          code: {field: code, run: [create, name], value: "concat('D-', upper(name))"}
          long: {run: view, when: len(name) > 4, note: A long name.}
          bad: {run: validate, field: name, when: name == 'Bad', note: Bad is no name.}
    """)
    browser = app.sign_in()
    page = browser.post("/app/deals/new", name="Big", code="")
    assert "D-BIG" in page
    assert "A long name." not in page
    page = browser.post(f"{page.path}/edit", name="Bigger", code="D-BIG")
    assert "D-BIGGER" in page
    assert "A long name." in page
    wrong = browser.post(f"{page.path}/edit", name="Bad", code="")
    assert (wrong.status, wrong.error("name")) == (422, "Bad is no name.")
