"""A program reads and writes every kind of field through REST, in the forms that the guide promises."""

import re
from collections.abc import Callable

import pytest

from tests.support.crm import App, Program
from tests.support.rest import PACK, make, problem, read


@pytest.fixture
def app(crm: Callable[..., App]) -> App:
    """The CRM of these tests."""
    return crm(PACK)


@pytest.fixture
def rest(app: App) -> Program:
    """A program with a key."""
    return app.program()


def test_every_field_comes_back_in_its_form(rest):
    account = make(rest, "accounts", name="Acme")
    ada = make(rest, "people", name="Ada", email="ada@example.com")
    bob = make(rest, "people", name="Bob")
    answer = rest(
        "POST",
        "/deals",
        json={
            "name": "Big",
            "account": {"match": {"name": "Acme"}},
            "contacts": [{"id": ada["id"], "part": "buyer", "share": 12.5}, bob["id"]],
            "stage": "won",
            "topics": ["service", "sales"],
            "amount": {"amount": "12.5", "currency": "USD"},
            "probability": 25.5,
            "rate": "0.12345",
            "seats": "7",
            "signed": False,
            "close_date": "2026-01-31",
            "met_at": "2026-01-31T11:30:00+02:00",
            "notes": "one\r\ntwo",
            "phone": "+358 40 123 4567",
            "site": "example.com",
            "items": [{"what": "Chair", "quantity": 2, "price": 10}, {"what": "Table", "quantity": 1}],
        },
    )

    assert answer.status_code == 201
    deal = answer.json()["data"]
    assert answer.headers["location"] == f"/api/v1/deals/{deal['id']}"
    assert answer.headers["etag"] == '"1"'
    assert deal["account"] == {"id": account["id"], "title": "Acme"}
    assert deal["contacts"] == [
        {"id": ada["id"], "title": "Ada", "part": "buyer", "share": "12.50"},
        {"id": bob["id"], "title": "Bob", "part": None, "share": None},
    ]
    assert (deal["stage"], deal["topics"]) == ("won", ["sales", "service"])
    assert deal["amount"] == {"amount": "12.50", "currency": "USD"}
    assert (deal["probability"], deal["rate"], deal["seats"]) == ("25.50", "0.1235", 7)
    assert (deal["signed"], deal["close_date"]) == (False, "2026-01-31")
    assert deal["met_at"] == "2026-01-31T09:30:00Z"
    assert (deal["notes"], deal["phone"], deal["site"]) == (
        "one\ntwo",
        "+358401234567",
        "https://example.com",
    )
    assert (deal["number"], deal["ticket"], deal["seller"]) == ("D-0001", "T-001", None)
    assert deal["version"] == 1
    assert deal["owner"] == {"id": deal["created_by"]["id"], "title": "Admin", "module": "users"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", deal["created_at"])
    assert deal["archived_at"] is None
    assert [(item["what"], item["quantity"], item["price"]) for item in deal["items"]] == [
        ("Chair", 2, {"amount": "10.00", "currency": "USD"}),
        ("Table", 1, None),
    ]
    assert read(rest, f"/deals/{deal['id']}")["data"] == deal


def test_what_was_read_may_be_sent_back(rest):
    ada = make(rest, "people", name="Ada")
    deal = make(
        rest,
        "deals",
        name="Big",
        contacts=[{"id": ada["id"], "part": "buyer"}],
        amount=5,
        items=[{"what": "A", "quantity": 1}, {"what": "B", "quantity": 2}],
    )

    answer = rest("PATCH", f"/deals/{deal['id']}", json=deal)

    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == deal
    deal["items"].reverse()
    again = rest("PATCH", f"/deals/{deal['id']}", json={"items": deal["items"]})
    assert [item["what"] for item in again.json()["data"]["items"]] == ["B", "A"]


def test_rows_are_changed_added_and_removed_by_their_list(rest):
    deal = make(rest, "deals", name="Big", items=[{"what": "A", "quantity": 1}, {"what": "B", "quantity": 2}])
    first, second = deal["items"]

    changed = rest(
        "PATCH",
        f"/deals/{deal['id']}",
        json={"items": [{"id": second["id"], "quantity": 5}, {"what": "C", "quantity": 1}]},
    ).json()["data"]

    assert [(item["what"], item["quantity"]) for item in changed["items"]] == [("B", 5), ("C", 1)]
    assert rest("GET", f"/deal_items/{first['id']}").status_code == 404
    items = read(rest, f"/deal_items?where=parent.id == {deal['id']}&sort=position&fields=what,parent")
    assert [(item["what"], item["parent"]["id"]) for item in items["data"]] == [
        ("B", deal["id"]),
        ("C", deal["id"]),
    ]
    bad = problem(rest("PATCH", f"/deals/{deal['id']}", json={"items": [{"what": "X", "quantity": 0}]}), 422)
    assert list(bad["fields"]) == ["items.0.quantity"]


def test_a_list_is_filtered_sorted_cut_and_paged(rest):
    acme = make(rest, "accounts", name="Acme", industry="Steel")
    for n in range(7):
        make(rest, "deals", name=f"Deal {n}", amount=n, stage="won" if n % 2 else "open", account=acme["id"])

    page = read(rest, "/deals?sort=-amount,name&limit=3&fields=name,account.industry,amount")

    assert page["count"] == 7
    assert [deal["name"] for deal in page["data"]] == ["Deal 6", "Deal 5", "Deal 4"]
    assert page["data"][0].keys() == {"id", "name", "account.industry", "amount"}
    assert page["data"][0]["account.industry"] == "Steel"
    seen = [deal["name"] for deal in page["data"]]
    while page["next"]:
        page = read(rest, f"/deals?sort=-amount,name&limit=3&fields=name&after={page['next']}")
        seen += [deal["name"] for deal in page["data"]]
    assert seen == [f"Deal {n}" for n in range(6, -1, -1)]
    won = read(rest, "/deals?filter=won&fields=name&where=amount > 1")
    assert [deal["name"] for deal in won["data"]] == ["Deal 5", "Deal 3"]
    assert read(rest, "/deals?count=none")["count"] is None
    assert read(rest, "/deals?count=exact&limit=2&where=stage == 'won'")["count"] == 3
    assert read(rest, "/deals?where=account.industry == 'Coal'") == {"data": [], "next": None, "count": 0}


def test_a_capped_count_says_so(rest):
    rest("POST", "/accounts/batch", json={"create": [{"name": f"A {n}"} for n in range(1000)]})
    make(rest, "accounts", name="One more")

    page = read(rest, "/accounts?limit=1")
    assert (page["count"], page["capped"]) == (1000, True)
    assert read(rest, "/accounts?limit=1&count=exact")["count"] == 1001


def test_groups_have_a_value_each(rest):
    for stage, amount in (("won", 10), ("won", "2.50"), ("lost", 1), (None, 4)):
        make(rest, "deals", name="x", stage=stage, amount=amount, seats=3)
    make(rest, "deals", name="x", stage="won", amount={"amount": 9, "currency": "USD"})

    sums = read(rest, "/deals?group=stage&value=sum(amount)")

    assert {(each["group"]["stage"], *each["value"].values()) for each in sums["data"]} == {
        ("won", "12.50", "EUR"),
        ("won", "9.00", "USD"),
        ("lost", "1.00", "EUR"),
        (None, "4.00", "EUR"),
    }
    counts = read(rest, "/deals?group=stage&where=seats == 3")
    assert [(each["group"]["stage"], each["value"]) for each in counts["data"]] == [
        ("won", 2),
        ("lost", 1),
        (None, 1),
    ]
    assert read(rest, "/deals?value=sum(seats)")["data"] == [{"group": {}, "value": 12}]
    assert read(rest, "/deals?value=avg(seats)")["data"][0]["value"] == "3"
    assert (
        read(rest, "/deals?group=created_by&value=count()")["data"][0]["group"]["created_by"]["title"]
        == "Admin"
    )


def test_included_records_come_inside(rest):
    acme = make(rest, "accounts", name="Acme")
    ada = make(rest, "people", name="Ada", account=acme["id"])
    make(
        rest,
        "deals",
        name="Big",
        account=acme["id"],
        contacts=[ada["id"]],
        items=[{"what": "A", "quantity": 1}],
    )
    make(rest, "deals", name="Small")

    big, small = read(rest, "/deals?include=account,contacts,items,owner&sort=name&fields=name")["data"]

    assert big["account"]["data"]["name"] == "Acme"
    assert big["contacts"][0]["data"]["account"] == {"id": acme["id"], "title": "Acme"}
    assert [item["what"] for item in big["items"]] == ["A"]
    assert big["owner"]["data"]["email"] == "admin@example.com"
    assert (small["account"], small["contacts"], small["items"]) == (None, [], [])


def test_a_stale_version_is_refused(rest):
    deal = make(rest, "deals", name="Big")
    path = f"/deals/{deal['id']}"
    assert rest("PATCH", path, json={"name": "Bigger", "version": 1}).status_code == 200

    assert problem(rest("PATCH", path, json={"name": "Big", "version": 1}), 409)["code"] == "conflict"
    assert problem(rest("PATCH", path, json={"name": "Big"}, headers={"if-match": '"1"'}), 409)
    assert rest("PATCH", path, json={"name": "Third"}, headers={"if-match": '"2"'}).headers["etag"] == '"3"'
    assert problem(rest("PATCH", path, json={"name": "x", "version": 3}, headers={"if-match": '"2"'}), 400)
    assert (
        problem(rest("PATCH", path, json={"name": "x"}, headers={"if-match": "new"}), 400)["at"] == "if-match"
    )
    assert problem(rest("PATCH", path, json={"name": "x", "version": "new"}), 422)["fields"].keys() == {
        "version"
    }
    assert problem(rest("DELETE", path, headers={"if-match": '"1"'}), 409)
    assert read(rest, path)["data"]["name"] == "Third"


def test_a_record_is_deleted_and_restored(rest):
    deal = make(rest, "deals", name="Big", items=[{"what": "A", "quantity": 1}])
    path = f"/deals/{deal['id']}"

    gone = rest("DELETE", path)

    assert (gone.status_code, gone.content) == (204, b"")
    problem(rest("GET", path), 404)
    problem(rest("DELETE", path), 404)
    problem(rest("PATCH", path, json={"name": "x"}), 404)
    assert read(rest, "/deals")["count"] == 0
    back = rest("POST", path + "/restore")
    assert back.status_code == 200, back.text
    assert [item["what"] for item in back.json()["data"]["items"]] == ["A"]
    problem(rest("POST", path + "/restore"), 404)


def test_what_others_point_at_is_not_deleted(rest):
    acme = make(rest, "accounts", name="Acme")
    make(rest, "deals", name="Big", account=acme["id"])

    refused = problem(rest("DELETE", f"/accounts/{acme['id']}"), 409)

    assert refused["code"] == "restricted"
    assert "1 Deal" in refused["message"]


def test_a_batch_is_all_or_nothing(rest):
    acme = make(rest, "accounts", name="Acme", code="A")
    other = make(rest, "accounts", name="Other")
    body = {
        "create": [{"name": "New"}, {"name": "Same", "code": "A"}],
        "update": [{"id": acme["id"], "version": 1, "name": "Acme Oy"}],
        "delete": [other["id"]],
    }

    refused = problem(rest("POST", "/accounts/batch", json=body), 422)

    assert list(refused["fields"]) == ["create.1.code"]
    assert read(rest, "/accounts?fields=name&sort=name")["count"] == 2
    body["create"].pop()
    done = rest("POST", "/accounts/batch", json=body).json()["data"]
    assert [each["action"] for each in done["create"]] == ["created"]
    assert done["update"] == [{"id": acme["id"], "version": 2, "action": "updated"}]
    assert done["delete"][0]["action"] == "deleted"
    names = [account["name"] for account in read(rest, "/accounts?fields=name&sort=name")["data"]]
    assert names == ["Acme Oy", "New"]


def test_a_batch_that_is_not_atomic_saves_what_it_can(rest):
    done = rest(
        "POST", "/accounts/batch?atomic=false", json={"create": [{"name": "A"}, {}], "delete": [999999]}
    )

    assert done.status_code == 200, done.text
    results = done.json()["data"]
    assert results["create"][0]["action"] == "created"
    assert results["create"][1]["error"]["fields"].keys() == {"name"}
    assert results["delete"][0]["error"]["code"] == "not_found"
    assert read(rest, "/accounts")["count"] == 1


@pytest.mark.parametrize(
    "body, at",
    [
        ({"creat": []}, "creat"),
        ({"create": {}}, "create"),
        ({"create": [1]}, "create.0"),
        ({"update": [{"name": "x"}]}, "update.0.id"),
        ({"update": [{"id": 0, "name": "x"}]}, "update.0.id"),
        ({"delete": ["x"]}, "delete.0.id"),
        ({"delete": [{"id": 1, "name": "x"}]}, "delete.0"),
        ({"update": [{"id": 1, "version": 1.5}]}, "update.0.version"),
        ({"create": [{}] * 1001}, "body"),
    ],
)
def test_a_batch_is_read_strictly(rest, body, at):
    assert problem(rest("POST", "/accounts/batch", json=body), 400)["at"] == at


def test_a_post_with_a_key_is_done_once(rest, app):
    key = {"idempotency-key": "order-17"}

    first = rest("POST", "/accounts", json={"name": "Acme"}, headers=key)
    again = rest("POST", "/accounts", json={"name": "Acme"}, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (again.headers["location"], again.headers["idempotent-replayed"]) == (
        first.headers["location"],
        "true",
    )
    assert read(rest, "/accounts")["count"] == 1
    other = problem(rest("POST", "/accounts", json={"name": "Other"}, headers=key), 422)
    assert (other["code"], other["at"]) == ("key_reused", "idempotency-key")
    problem(rest("POST", "/people", json={"name": "Acme"}, headers=key), 422)
    problem(rest("POST", "/accounts", json={"name": "x"}, headers={"idempotency-key": " "}), 400)
    ada = app.program("ada@example.com")
    assert (
        ada("POST", "/accounts", json={"name": "Acme"}, headers=key).headers["location"]
        != first.headers["location"]
    )


def test_a_refused_post_leaves_its_key_free(rest):
    key = {"idempotency-key": "k"}
    problem(rest("POST", "/accounts", json={}, headers=key), 422)

    assert rest("POST", "/accounts", json={"name": "Acme"}, headers=key).status_code == 201


def test_a_key_holds_for_batches_and_uploads_too(rest):
    account = make(rest, "accounts", name="Acme")
    for path, body in (
        ("/accounts/batch", {"json": {"create": [{"name": "B"}]}}),
        (f"/accounts/{account['id']}/files", {"files": {"file": ("a.txt", b"hello")}}),
    ):
        answers = [rest("POST", path, headers={"idempotency-key": path}, **body) for _ in range(2)]
        assert answers[0].status_code in (200, 201), answers[0].text
        assert answers[0].content == answers[1].content
    assert read(rest, "/accounts")["count"] == 2
    assert len(read(rest, f"/accounts/{account['id']}/files")["data"]) == 1
    assert read(rest, "/files")["count"] == 1


def test_files_are_uploaded_listed_and_downloaded(rest):
    account = make(rest, "accounts", name="Acme")
    path = f"/accounts/{account['id']}/files"

    added = rest(
        "POST", path, files=[("papers", ("Tarjous ä.txt", b"hello")), ("file", ("b.bin", b"\x00\x01"))]
    )

    assert added.status_code == 201, added.text
    first, second = added.json()["data"]
    assert (first["name"], first["size"], first["field"]) == ("Tarjous ä.txt", 5, "papers")
    assert read(rest, path)["data"] == [first, second]
    assert [paper["title"] for paper in read(rest, f"/accounts/{account['id']}")["data"]["papers"]] == [
        "Tarjous ä.txt",
        "b.bin",
    ]
    content = rest("GET", first["content"].removeprefix("/api/v1"))
    assert content.content == b"hello"
    assert content.headers["content-type"] == "application/octet-stream"
    assert content.headers["content-disposition"] == "attachment; filename*=UTF-8''Tarjous%20%C3%A4.txt"
    assert read(rest, "/files")["count"] == 2


def test_an_upload_is_read_strictly(rest):
    account, person = make(rest, "accounts", name="Acme"), make(rest, "people", name="Ada")
    path = f"/accounts/{account['id']}/files"

    problem(rest("POST", path, json={"file": 1}), 400)
    problem(rest("POST", path, files={"other": ("a", b"x")}), 400)
    problem(rest("POST", path, data={"file": "text"}, files={"file": ("a", b"x")}), 400)
    problem(
        rest("POST", path, content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}), 400
    )
    problem(rest("POST", path, content=b"--x", headers={"content-type": "multipart/form-data"}), 400)
    problem(rest("POST", "/accounts/999/files", files={"file": ("a", b"x")}), 404)
    problem(rest("POST", f"/people/{person['id']}/files", files={"other": ("a", b"x")}), 400)
    assert read(rest, "/files")["count"] == 0


def test_a_file_hangs_on_a_record_of_any_module(rest):
    person = make(rest, "people", name="Ada")
    path = f"/people/{person['id']}/files"
    added = rest("POST", path, files=[("file", ("a.txt", b"one")), ("file", ("b.txt", b"two"))])
    assert added.status_code == 201
    found = read(rest, path)["data"]
    assert [(each["name"], each["field"]) for each in found] == [("a.txt", None), ("b.txt", None)]
    assert rest("GET", f"/files/{found[0]['id']}/content").content == b"one"
    assert rest("DELETE", f"/files/{found[0]['id']}").status_code == 204
    assert [each["name"] for each in read(rest, path)["data"]] == ["b.txt"]


def test_a_file_comes_by_an_upload_alone(rest):
    account = make(rest, "accounts", name="Acme")
    file = rest("POST", f"/accounts/{account['id']}/files", files={"file": ("a", b"x")}).json()["data"][0]
    forged = {"name": "x", "content_type": "x", "size": 1, "sha256": file["sha256"]}

    problem(rest("POST", "/files", json=forged), 405)
    problem(rest("PATCH", f"/files/{file['id']}", json={"sha256": "0" * 64}), 405)
    problem(rest("POST", "/files/batch", json={"create": [forged]}), 405)


def test_system_modules_are_read_and_passwords_are_not(rest, app):
    app.user("ada@example.com", admin=False)

    users = read(rest, "/users?sort=email")

    assert [user["email"] for user in users["data"]] == ["ada@example.com", "admin@example.com"]
    assert not any("password" in key for user in users["data"] for key in user)
    assert "argon2" not in str(users)
    ada = app.program("ada@example.com")
    problem(ada("PATCH", f"/users/{users['data'][0]['id']}", json={"admin": True}), 403)
    problem(ada("POST", "/users", json={"name": "x", "email": "x@example.com"}), 403)


def test_without_a_key_nobody_is_let_in(app, rest):
    client = app.client()
    for headers in (
        {},
        {"authorization": "Bearer trl_unknown"},
        {"authorization": "Bearer"},
        {"authorization": "Basic YTpi"},
        {"authorization": f"Bearer {rest.key}x"},
        {"authorization": f"Token {rest.key}"},
    ):
        for path in ("/deals", "/openapi.json", "/deals/1", "/nothing/at/all"):
            answer = client.get(f"/api/v1{path}", headers=headers)
            assert problem(answer, 401)["code"] == "unauthorized"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.get("/api/v1/deals", headers={"authorization": f"bearer {rest.key}"}).status_code == 200


def test_a_key_dies_with_its_user(app, rest):
    ada = app.program("ada@example.com")
    user = read(rest, "/users?where=email == 'ada@example.com'")["data"][0]
    assert ada("GET", "/deals").status_code == 200

    assert rest("PATCH", f"/users/{user['id']}", json={"active": False}).status_code == 200

    problem(ada("GET", "/deals"), 401)


def test_a_browser_reads_with_its_session_and_writes_with_its_token(app):
    browser = app.sign_in()
    token = browser.get("/app").hidden("_csrf")
    client = browser.client

    assert client.get("/api/v1/deals").status_code == 200
    assert problem(client.post("/api/v1/deals", json={"name": "x"}), 403)["code"] == "forbidden"
    problem(client.post("/api/v1/deals", json={"name": "x"}, headers={"x-csrf-token": "wrong"}), 403)
    foreign = {"x-csrf-token": token, "sec-fetch-site": "cross-site"}
    problem(client.post("/api/v1/deals", json={"name": "x"}, headers=foreign), 403)
    same = {"x-csrf-token": token, "sec-fetch-site": "same-origin"}
    assert client.post("/api/v1/deals", json={"name": "x"}, headers=same).status_code == 201
    wrong_key = {**same, "authorization": "Bearer trl_wrong"}
    problem(client.post("/api/v1/deals", json={"name": "x"}, headers=wrong_key), 401)


def test_an_address_that_is_not_there_says_so(rest):
    for path in (
        "/nothing",
        "/deals/0",
        "/deals/abc",
        "/deals/9223372036854775808",
        "/deals/99999999999999999999999",
        "/deals/1%00",
        "/deals/٣",
        "/deals/-1",
        "/deals/1.0",
        "/deals/1/nothing",
        "/Deals",
        "/%00",
        "/deals%2F1",
        "/files/1/content",
    ):
        problem(rest("GET", path), 404)
    problem(rest("GET", "/deals/9223372036854775807"), 404)


def test_a_method_that_an_address_has_not_is_405(rest):
    for method, path, allowed in (
        ("PUT", "/deals", "GET, POST, HEAD"),
        ("DELETE", "/deals", "GET, POST, HEAD"),
        ("POST", "/deals/1", "GET, PATCH, DELETE, HEAD"),
        ("GET", "/deals/batch", "POST"),
        ("TRACE", "/deals", "GET, POST, HEAD"),
    ):
        answer = rest(method, path)
        assert problem(answer, 405)["code"] == "method_not_allowed"
        assert answer.headers["allow"] == allowed


def test_a_head_is_a_get_without_its_body(rest):
    answer = rest("HEAD", "/deals")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "query, at",
    [
        ("where=stage == 'wonn'", "where, column 10"),
        ("where=amuont > 1", "where, column 1"),
        ("where=amount >", "where, column 9"),
        ("where=name", "where, column 1"),
        ("where=", "where, column 1"),
        ("where=__import__('os')", "where, column 1"),
        ("where=name == '\x00'", "where, column 9"),
        ("filter=wn", "filter"),
        ("sort=amuont", "sort"),
        ("sort=", "sort"),
        ("sort=contacts", "sort"),
        ("sort=account.nothing", "sort"),
        ("fields=amuont", "fields"),
        ("fields=account.amuont", "fields"),
        ("include=name", "include"),
        ("include=acount", "include"),
        ("after=nonsense", "after"),
        ("limit=1001", "limit"),
        ("unknown=1", "unknown"),
        ("group=nothing", "group"),
        ("group=contacts", "group"),
        ("group=stage&value=median(amount)", "value"),
        ("group=stage&value=sum(name)", "value"),
        ("group=stage&value=sum()", "value"),
        ("group=stage&value=sum(nothing)", "value"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(rest, query, at):
    found = problem(rest("GET", f"/deals?{query.replace(chr(0), '%00')}"), 400)
    assert found["at"].startswith(at.split(",")[0])


def test_a_wrong_condition_says_where_and_what_was_meant(rest):
    found = problem(rest("GET", "/deals?where=name == 'x' and stage == 'wonn'"), 400)

    assert found["code"] == "bad_condition"
    assert found["at"] == "where, column 26"
    assert '"won"' in found["message"]


def test_a_cursor_belongs_to_its_list(rest):
    for n in range(3):
        make(rest, "deals", name=f"{n}")
    cursor = read(rest, "/deals?sort=name&limit=1")["next"]

    problem(rest("GET", f"/deals?sort=-name&limit=1&after={cursor}"), 400)
    problem(rest("GET", f"/accounts?sort=name&limit=1&after={cursor}"), 400)
    problem(rest("GET", f"/deals?sort=name&limit=1&after={cursor[:-3]}"), 400)


def test_a_new_revision_is_served_and_described(app, rest):
    file = app.folder / "schemas/modules/accounts.yaml"
    file.write_text(file.read_text() + "  city: {type: text}\n")
    assert "city" not in rest("GET", "/openapi.json").text

    app.site.apply_pack()

    assert "city" in rest("GET", "/openapi.json").text
    assert make(rest, "accounts", name="Acme", city="Turku")["city"] == "Turku"
