"""Tests of signing in: failures alike, guessing braked before it costs a hash, a fresh session each time."""

from datetime import timedelta

import pytest

from runtime.identity.credentials import Credentials
from runtime.identity.passwords import CHEAP, Cost, Passwords
from runtime.identity.policy import Policy, Steady
from runtime.identity.second_factor import SecondFactors
from runtime.identity.sessions import Opened, Sessions
from runtime.identity.sign_in import Denied, SignIn
from runtime.identity.throttling import network
from tests.unit.records.crm import Crm

RULES = Steady(Policy(account_failures=3, address_failures=6, window_minutes=15))


def factors(crm: Crm) -> SecondFactors:
    return SecondFactors(crm.clock, lambda text: text, lambda text: text)


class Counted(Passwords):
    """Passwords that count the hashes they check."""

    checked = 0

    def check(self, password: str, kept: str | None) -> bool:
        self.checked += 1
        return super().check(password, kept)


@pytest.fixture
def passwords() -> Counted:
    return Counted(CHEAP)


@pytest.fixture
def sign_in(crm: Crm, passwords: Counted) -> SignIn:
    """Signing in, for Ada with a password, and Bob who has none."""
    ada = crm.create("users", name="Ada", email="Ada@Example.com")
    crm.create("users", name="Bob", email="bob@example.com")
    with crm.database.write() as tx:
        credentials = Credentials(crm.workplace.tables, crm.clock)
        credentials.set(tx.connection, ada, passwords.hash("correct horse"))
    return SignIn(crm.workplace.tables, crm.clock, passwords, factors(crm), RULES)


def test_the_right_password_opens_a_session_in_whichever_case_the_address_is(crm: Crm, sign_in: SignIn):
    for email in ("Ada@example.com", " ada@EXAMPLE.com "):
        opened = sign_in.attempt(crm.database.write, email, "correct horse", "10.0.0.1", "a browser")
        assert isinstance(opened, Opened)
        with crm.database.read() as connection:
            session = Sessions(crm.workplace.tables, crm.clock).find(connection, opened.token)
        assert session is not None
        assert session.user_id == opened.user_id


def test_every_failure_reads_and_costs_the_same(crm: Crm, sign_in: SignIn, passwords: Counted):
    cyd = crm.create("users", name="Cyd", email="cyd@example.com", active=False)
    with crm.database.write() as tx:
        Credentials(crm.workplace.tables, crm.clock).set(tx.connection, cyd, passwords.hash("correct horse"))
    attempts = [("ada@example.com", "wrong"), ("nobody@example.com", "wrong"), ("bob@example.com", "wrong")]
    attempts.append(("cyd@example.com", "correct horse"))
    denied = [sign_in.attempt(crm.database.write, *attempt) for attempt in attempts]
    assert [str(each.message) for each in denied if isinstance(each, Denied)] == [
        "The e-mail address or the password is not right."
    ] * 4
    assert passwords.checked == 4


def test_guessing_at_an_account_is_stopped_before_it_is_hashed(crm: Crm, sign_in: SignIn, passwords: Counted):
    for n in range(20):
        denied = sign_in.attempt(crm.database.write, "ada@example.com", f"guess {n}", f"10.0.0.{n}")
        assert isinstance(denied, Denied)
        assert denied.wait == (900 if n >= 3 else 0)
    assert passwords.checked == 3
    denied = sign_in.attempt(crm.database.write, "ADA@example.com ", "correct horse", "10.0.1.1")
    assert isinstance(denied, Denied)
    assert str(denied.message).startswith("Too many attempts")
    crm.clock.moment += timedelta(minutes=15)
    assert isinstance(sign_in.attempt(crm.database.write, "ada@example.com", "correct horse"), Opened)


def test_guessing_from_an_address_is_stopped_whatever_the_accounts(
    crm: Crm, sign_in: SignIn, passwords: Counted
):
    for n in range(20):
        sign_in.attempt(crm.database.write, f"user{n}@example.com", "guess", "10.0.0.1")
    assert passwords.checked == 6
    assert isinstance(
        sign_in.attempt(crm.database.write, "ada@example.com", "correct horse", "10.0.0.2"), Opened
    )


def test_a_success_forgets_the_failures_before_it(crm: Crm, sign_in: SignIn):
    for _ in range(5):
        for password in ("wrong", "wrong", "correct horse"):
            outcome = sign_in.attempt(crm.database.write, "ada@example.com", password, "10.0.0.1")
        assert isinstance(outcome, Opened)


def test_what_the_browser_had_before_is_worth_nothing_after(crm: Crm, sign_in: SignIn):
    first = sign_in.attempt(crm.database.write, "ada@example.com", "correct horse")
    assert isinstance(first, Opened)
    second = sign_in.attempt(crm.database.write, "ada@example.com", "correct horse", before=first.token)
    assert isinstance(second, Opened)
    with crm.database.read() as connection:
        assert Sessions(crm.workplace.tables, crm.clock).find(connection, first.token) is None


def test_a_hash_of_an_old_cost_is_made_anew(crm: Crm, sign_in: SignIn):
    dearer = Passwords(Cost(passes=2, memory_kib=8, lanes=1))
    tables = crm.workplace.tables
    opened = SignIn(tables, crm.clock, dearer, factors(crm)).attempt(
        crm.database.write, "ada@example.com", "correct horse"
    )
    assert isinstance(opened, Opened)
    with crm.database.read() as connection:
        kept = Credentials(tables, crm.clock).of(connection, opened.user_id)
    assert kept is not None
    assert not dearer.outdated(kept)


def test_what_people_type_for_an_address_is_not_kept_in_clear(crm: Crm, sign_in: SignIn):
    sign_in.attempt(crm.database.write, "my secret password", "x")
    with crm.database.read() as connection:
        kept = connection.execute(crm.workplace.tables.login_failures.select()).all()
    assert len(kept) == 1
    assert "secret" not in repr(kept)


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address, counted):
    assert network(address) == counted
