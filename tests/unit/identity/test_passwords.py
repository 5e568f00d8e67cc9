"""Tests of passwords: what is kept, what is right, and that at most two are worked on at a time."""

import threading
import time

from runtime.identity.good_passwords import why_not_a_password
from runtime.identity.passwords import CHEAP, Cost, Passwords


def test_a_password_is_kept_as_an_argon2_hash_and_known_again():
    passwords = Passwords(CHEAP)
    kept = passwords.hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert "horse" not in kept
    assert passwords.check("correct horse", kept)
    assert not passwords.check("correct house", kept)
    assert passwords.hash("correct horse") != kept


def test_without_a_hash_nothing_is_right_and_a_hash_is_computed_all_the_same(monkeypatch):
    passwords = Passwords(CHEAP)
    assert not passwords.check("anything", None)
    checked: list[str] = []
    verify = passwords._hash.verify

    def counted(text: str, kept: str) -> bool:
        checked.append(kept)
        return verify(text, kept)

    monkeypatch.setattr(passwords._hash, "verify", counted)
    assert not passwords.check("anything", None)
    assert not passwords.check("anything", passwords.hash("other"))
    assert len(checked) == 2


def test_garbage_in_place_of_a_hash_is_no():
    assert not Passwords(CHEAP).check("anything", "garbage")


def test_an_endless_password_is_never_hashed(monkeypatch):
    passwords = Passwords(CHEAP)
    kept = passwords.hash("right one")
    monkeypatch.setattr(passwords._hash, "verify", None)
    assert not passwords.check("x" * 1_000_000, kept)


def test_a_hash_of_another_cost_is_outdated():
    kept = Passwords(CHEAP).hash("correct horse")
    assert not Passwords(CHEAP).outdated(kept)
    assert Passwords(Cost(passes=2, memory_kib=8, lanes=1)).outdated(kept)


def test_two_hashes_are_computed_at_a_time(monkeypatch):
    passwords = Passwords(CHEAP)
    kept = passwords.hash("right one")
    assert passwords.check("right one", kept)
    working, most, lock = 0, 0, threading.Lock()

    def slow(_text: str, _kept: str) -> bool:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        time.sleep(0.02)
        with lock:
            working -= 1
        return True

    monkeypatch.setattr(passwords._hash, "verify", slow)
    threads = [threading.Thread(target=passwords.check, args=("right one", kept)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_password_is_neither_short_nor_endless():
    assert str(why_not_a_password("seven c")) == "A password has at least 8 characters."
    assert str(why_not_a_password("x" * 257)) == "A password has at most 256 characters."
    assert why_not_a_password("eight ch") is None
