"""What writes beside the forms (batches, files, tools, imports, typed titles) asks for the same rights."""

from runtime.identity.users import Users
from runtime.records.sharing import share
from tests.access.beside import beside
from tests.access.office import Office
from tests.access.test_limited_keys import limited
from tests.support.flows import Flows

__all__ = ["beside"]


def test_a_duplicate_whose_title_is_hidden_is_told_by_its_number(beside: Office) -> None:
    for code in ("masked", "plain"):
        made = beside.admin("POST", "/leads", json={"name": f"Name of the {code}", "code": code})
        number = made.json()["data"]["id"]
        told = beside.program("sam")("POST", "/leads", json={"name": "Mine", "code": code})
        assert told.status_code == 409, told.text
        assert str(number) in told.text
        assert "Name of the" not in told.text


def test_nobody_finds_a_record_by_a_title_or_a_field_that_they_may_not_read(beside: Office) -> None:
    sam, mine = beside.program("sam"), beside.deal("Mine", "sam", cost="66.00")
    for module, given in (("badges", {"code": "B-1"}), ("clubs", {"name": "Rowing"})):
        assert beside.admin("POST", f"/{module}", json=given).status_code == 201
    theirs = beside.deal("Theirs", "ceo", cost="55.00")
    made = beside.admin("POST", "/leads", json={"name": "Masked", "code": "masked"})
    assert made.status_code == 201, made.text
    for field, match in (
        ("lead", {"name": "Masked"}),
        ("deal", {"name": "Theirs"}),
        ("deal", {"cost": "55.00"}),
        ("deal", {"id": theirs}),
        ("deal", {"cost": "66.00"}),
        ("lead", {"title": "Masked"}),
        ("badge", {"title": "B-1"}),
        ("club", {"name": "Rowing"}),
    ):
        answer = sam("POST", "/leads", json={"name": "x", field: {"match": match}})
        assert answer.status_code == 422, (field, match, answer.text)
    found = sam("POST", "/leads", json={"name": "x", "deal": {"match": {"name": "Mine"}}})
    assert found.json()["data"]["deal"]["id"] == mine
    for title, status in (("Theirs", 422), ("Mine", 303)):
        given = {"name": f"typed {title}", "deal": "", "deal:text": title}
        browser = beside.browser("sam")
        sent = {"_csrf": browser.get("/app/leads/new").hidden("_csrf"), **given}
        answer = browser.client.post("/app/leads/new", data=sent, follow_redirects=False)
        assert answer.status_code == status, (title, answer.text)


def test_a_form_offers_a_field_while_its_condition_holds(beside: Office) -> None:
    for name, offered in (("open", True), ("settled", False)):
        given = {"name": name, "owner": beside.ids["sam"]}
        lead = beside.admin("POST", "/leads", json=given).json()["data"]["id"]
        page = beside.browser("sam").get(f"/app/leads/{lead}/edit").text
        assert 'name="name"' in page
        assert ('name="code"' in page) is offered


def test_a_batch_does_what_each_right_allows_and_nothing_else(beside: Office) -> None:
    mine, won = beside.deal("Mine", "sam"), beside.deal("Won", "sam", stage="won")
    sam, hal = beside.program("sam"), beside.program("hal")
    assert hal("GET", f"/deals/{won}").status_code == 200
    lead = beside.admin("POST", "/leads", json={"name": "Lead"}).json()["data"]["id"]
    for program, path, body in (
        (hal, "/deals", {"create": [{"name": "x"}]}),
        (hal, "/deals", {"update": [{"id": won, "name": "x"}]}),
        (hal, "/deals", {"delete": [won]}),
        (sam, "/leads", {"delete": [lead]}),
        (sam, "/deals", {"update": [{"id": beside.deal("Hers", "sue"), "name": "x"}]}),
    ):
        answer = program("POST", f"{path}/batch", json=body)
        assert answer.status_code in (403, 404), (body, answer.text)
    assert sam("POST", "/deals/batch", json={"update": [{"id": mine, "name": "y"}]}).status_code == 200


def test_files_are_hung_and_taken_off_by_those_alone_who_may_change_the_record(beside: Office) -> None:
    won = beside.deal("Won", "sam", stage="won")
    file = {"upload": ("a.txt", b"a", "text/plain")}
    for name, status in (("hal", 403), ("sue", 404), ("sam", 303)):
        browser = beside.browser(name)
        sent = {"_csrf": browser.get("/app").hidden("_csrf")}
        address = f"/app/deals/{won}/files"
        answer = browser.client.post(address, data=sent, files=file, follow_redirects=False)
        assert answer.status_code in ((status,) if status != 403 else (403, 404)), (name, answer.text)
    (held,) = beside.admin("GET", f"/deals/{won}/files").json()["data"]
    for name in ("hal", "sue", "sam"):
        browser = beside.browser(name)
        sent = {"_csrf": browser.get("/app").hidden("_csrf")}
        address = f"/app/deals/{won}/files/{held['id']}/remove"
        answer = browser.client.post(address, data=sent, follow_redirects=False)
        assert (answer.status_code == 303) is (name == "sam"), (name, answer.text)


def test_work_in_the_background_has_the_rights_of_who_began_it(beside: Office) -> None:
    site, flows = beside.app.site, Flows(beside.app)
    ids = {owner: beside.deal(f"of {owner}", owner) for owner in ("sam", "sue", "ceo")}
    own = dict.fromkeys(ids.values(), None)
    with site.database.write() as tx:
        tx.connection.execute(site.live.tables.module("deals").table.update().values(shout=None))
        user = Users(site.live.tables).by_id(tx.connection, beside.ids["sam"])
        assert user is not None
        actor = site.live.actor_of(user, "form")
        share(tx.connection, site.clock.now(), actor, ("deals", ids["ceo"]), ("users", user.id), "read")
        number = site.background.start(tx, "run_formulas", {"module": "deals"}, actor)
        csv = site.background.start(tx, "import", {"module": "accounts", "files": {"file": 1}}, actor)
        helper = Users(site.live.tables).by_id(tx.connection, beside.ids["hal"])
        assert helper is not None
        given = {"module": "deals", "format": "csv"}
        helpers = site.live.actor_of(helper, "form")
        export = site.background.start(tx, "export", given, helpers, "deals.csv")
    flows.work()
    with site.database.read() as connection:
        done, *refused = (site.background.operations.find(connection, each) for each in (number, csv, export))
    assert done is not None
    assert ((done.result or {})["counts"]["updated"], done.total) == (1, 1), done
    for each in refused:
        assert each is not None
        assert "Your role has no right to this" in str(each.error)
    assert [flows.get("deals", each)["shout"] is None for each in own] == [False, True, True]


def test_a_tool_is_for_those_who_have_it_and_for_no_key_that_only_reads(beside: Office) -> None:
    won = beside.deal("Won", "sam", stage="won")
    body = {"json": {"inputs": {"open": "named"}}}
    for name in ("hal", "sue"):
        assert "Ask about it" not in beside.browser(name).get(f"/app/deals/{won}").text
        assert beside.browser(name).get(f"/app/deals/{won}/tools/ask").status == 404
        assert beside.program(name)("POST", f"/deals/{won}/tools/ask", **body).status_code >= 400
    for key in (limited(beside, "sam", read_only="on"), limited(beside, "sam", of="some", module=["leads"])):
        assert key("POST", f"/deals/{won}/tools/ask", **body).status_code >= 400
    assert "Tidy it up" not in beside.browser("sam").get(f"/app/deals/{won}")
    assert beside.program("sam")("POST", f"/deals/{won}/tools/tidy", json={}).status_code >= 400
    assert beside.admin("GET", f"/deals/{won}").json()["data"]["name"] == "Won"
    assert beside.program("sam")("POST", f"/deals/{won}/tools/ask", **body).status_code == 200


def test_an_owner_is_chosen_among_those_whom_one_may_choose_by_every_door(beside: Office) -> None:
    deal = beside.deal("Mine", "bea")
    bea, page = beside.program("bea"), beside.browser("bea")
    offered = page.get("/app/deals/pick/owner?record=new&for=owner&q=").text
    assert "Sam" in offered
    assert "Hal" not in offered
    for program in (bea, limited(beside, "bea", of="some", module=["deals"])):
        refused = program("PATCH", f"/deals/{deal}", json={"owner": beside.ids["hal"]})
        assert refused.status_code == 422, refused.text
    assert bea("PATCH", f"/deals/{deal}", json={"owner": beside.ids["sam"]}).status_code == 200


def test_a_tool_is_offered_with_the_rights_that_its_steps_take(beside: Office) -> None:
    group = {"name": "Front desk", "members": [{"id": beside.ids["sue"]}]}
    assert beside.admin("POST", "/groups", json=group).status_code == 201
    won, his = beside.deal("Won", "sam", stage="won"), beside.deal("His", "hal")
    shown = {"sam": won, "sue": won, "hal": his}
    told = {name: beside.browser(name).get(f"/app/deals/{deal}") for name, deal in shown.items()}
    assert {name: page.status for name, page in told.items()} == dict.fromkeys(shown, 200)
    assert "Ask about it" in told["sam"]
    assert "Ask about it" not in told["sue"]  # who has it, and only reads this record
    assert "Change it" not in told["sam"]  # who may change the record, and has no such tool
    assert "Change it" not in told["hal"]
    assert "Book it" not in told["hal"]
    assert "Run it by hand" in beside.app.sign_in().get(f"/app/deals/{won}").text
    assert all("Run it by hand" not in page for page in told.values())


def test_a_batch_of_what_one_has_no_right_to_is_refused_as_a_whole(beside: Office) -> None:
    lead = beside.admin("POST", "/leads", json={"name": "Lead"}).json()["data"]["id"]
    body = {"create": [{"name": "Mine"}], "delete": [lead]}
    refused = beside.program("sam")("POST", "/leads/batch?atomic=false", json=body)
    assert refused.status_code == 403, refused.text
    assert beside.admin("GET", "/leads?where=name == 'Mine'").json()["data"] == []


def test_a_list_offers_to_change_nothing_that_may_only_be_made(beside: Office) -> None:
    sam = beside.browser("sam")
    for module, offered in (("leads", True), ("visits", False)):
        assert beside.admin("POST", f"/{module}", json={"name": "x"}).status_code == 201
        assert sam.get(f"/app/{module}/new").status == 200
        assert ("data-pencil" in sam.get(f"/app/{module}").text) is offered, module


def test_who_has_no_right_is_refused_before_what_they_send_is_read(beside: Office) -> None:
    won = beside.deal("Won", "sam", stage="won")
    for method, path in (("POST", "/deals"), ("PATCH", f"/deals/{won}")):
        for name, status in (("hal", 403), ("sam", 400)):
            assert beside.program(name)(method, path, content=b"{").status_code == status, (name, method)
