"""Tests of `trellis import` and `trellis user`, as their users call them."""

from io import StringIO

import pytest
from sqlalchemy import select

from runtime.cli.base import CommandError
from runtime.identity.sessions import Opened
from runtime.identity.sign_in import Denied
from runtime.storage.runtime_tables import runtime_tables
from tests.unit.records.terminal import Terminal


def test_an_import_says_what_it_did_and_writes_bad_rows_beside(terminal: Terminal):
    rows = terminal.write("accounts.csv", "code,name\nA1,Acme\nA2,\nA3,Good\n")
    columns = terminal.write("map.yaml", "columns: {code: {field: code, key: true}, name: name}\n")
    code, said = terminal.run("import", "accounts", rows, "--map", columns)
    assert (code, said) == (1, "created 2, updated 0, unchanged 0, refused 1\n")
    errors = terminal.folder / "accounts.csv.errors.csv"
    assert errors.read_text(encoding="utf-8-sig").splitlines() == [
        "line,column,reason,code,name",
        "3,name,Name is required.,A2,",
    ]
    terminal.write("accounts.csv", "code,name\nA1,Acme\nA2,Mended\nA3,Good\n")
    code, said = terminal.run("import", "accounts", rows, "--map", columns)
    assert (code, said) == (0, "created 1, updated 0, unchanged 2, refused 0\n")
    assert not errors.exists()


def test_without_a_map_columns_are_called_like_the_fields(terminal: Terminal):
    rows = terminal.write("accounts.csv", "code;name;other\nA1;Acme;x\n")
    assert terminal.run("import", "accounts", rows) == (0, "created 1, updated 0, unchanged 0, refused 0\n")


def test_a_wrong_map_a_wrong_module_and_a_wrong_file_import_nothing(terminal: Terminal):
    rows = terminal.write("accounts.csv", "code,name\nA1,Acme\n")
    columns = terminal.write("map.yaml", "columns:\n  code: cod\n")
    with pytest.raises(CommandError, match="The map has errors"):
        terminal.run("import", "accounts", rows, "--map", columns)
    assert f"error M103 {columns}:2:9   columns.code" in terminal.err.getvalue()
    with pytest.raises(CommandError, match='did you mean "accounts"'):
        terminal.run("import", "acounts", rows)
    with pytest.raises(CommandError, match="cannot be read"):
        terminal.run("import", "accounts", terminal.folder / "nothing.csv")


def test_a_user_is_added_with_a_password_and_gets_a_key_that_is_printed_once(terminal: Terminal):
    secret = terminal.write("secret", "correct horse\n")
    words = ("add", "ada@example.com", "--name", "Ada", "--admin", "--password-file", secret)
    assert terminal.run("user", *words) == (0, "Ada may sign in as ada@example.com.\n")
    with pytest.raises(CommandError, match="Another record has the same E-mail"):
        terminal.run("user", *words)
    code, key = terminal.run("user", "key", "Ada@example.com", "--label", "test")
    assert code == 0
    site = terminal.house.open_site(None)
    with site.database.read() as connection:
        shown = site.live.identity.visitors.of_key(connection, key.strip())
        log = runtime_tables().security_log
        noted = connection.execute(select(log.c.about).where(log.c.kind == "key_made")).scalars().all()
    site.close()
    assert noted == [f"test ({key[:8]}…)"]
    assert shown is not None
    found, user = shown
    assert (found.user_id, found.label, user.admin) == (user.id, "test", True)


def test_a_user_gets_another_password_and_is_signed_out(terminal: Terminal, monkeypatch):
    secret = terminal.write("secret", "correct horse\n")
    terminal.run("user", "add", "ada@example.com", "--name", "Ada", "--password-file", secret)
    site = terminal.house.open_site(None)
    sign_in = site.live.identity.sign_in
    before = sign_in.attempt(site.database.write, "ada@example.com", "correct horse")
    assert isinstance(before, Opened)
    monkeypatch.setattr("sys.stdin", StringIO("battery staple\n"))
    code, said = terminal.run("user", "password", "ADA@example.com", "--password-file", "-")
    assert (code, said) == (0, "ADA@example.com has a new password, and is signed out everywhere.\n")
    with site.database.read() as connection:
        assert site.live.identity.sessions.find(connection, before.token) is None
    assert isinstance(sign_in.attempt(site.database.write, "ada@example.com", "correct horse"), Denied)
    assert isinstance(sign_in.attempt(site.database.write, "ada@example.com", "battery staple"), Opened)
    site.close()
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="at least 8 characters"):
        terminal.run("user", "password", "ada@example.com", "--password-file", "-")
    with pytest.raises(CommandError, match='no user "bob@'):
        terminal.run("user", "password", "bob@example.com", "--password-file", secret)


def test_a_user_without_a_fitting_password_or_role_is_not_added(terminal: Terminal, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="at least 8 characters"):
        terminal.run("user", "add", "ada@example.com", "--name", "Ada", "--password-file", "-")
    with pytest.raises(CommandError, match='no role "boss"'):
        terminal.run("user", "add", "ada@example.com", "--name", "Ada", "--role", "boss")
    with pytest.raises(CommandError, match='no user "bob@'):
        terminal.run("user", "key", "bob@example.com", "--label", "x")
