"""Names the files of fixtures that every test may use; a new file in tests/support/ is listed here."""

import gc

pytest_plugins = [
    "tests.support.databases",
    "tests.support.openings",
    "tests.support.portal",
    "tests.support.browser",
    "tests.support.crm",
    "tests.support.served",
]


def pytest_collection_finish() -> None:
    """Look for garbage as a served site does: what all tests have in common is none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
