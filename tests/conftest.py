"""Names the files of fixtures that every test may use; a new file in tests/support/ is listed here."""

pytest_plugins = [
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.crm",
    "tests.support.served",
]
