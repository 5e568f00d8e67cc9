"""A key is held by one thread at a time."""

from runtime.web.api.in_flight import InFlight


def test_a_key_is_free_again_when_its_holder_is_done():
    keys = InFlight()

    with (
        keys.hold(("ada", "1")) as first,
        keys.hold(("ada", "1")) as second,
        keys.hold(("bob", "1")) as other,
    ):
        assert (first, second, other) == (True, False, True)
    with keys.hold(("ada", "1")) as again:
        assert again


def test_one_who_was_refused_does_not_free_the_key():
    keys = InFlight()

    with keys.hold("key"):
        with keys.hold("key") as free:
            assert not free
        with keys.hold("key") as free:
            assert not free
