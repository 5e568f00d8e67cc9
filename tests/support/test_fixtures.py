"""The fixtures themselves: databases are fresh and of both kinds, the browser is a real one and strict."""

import asyncio

import pytest
import sqlalchemy as sa

from tests.support.databases import Template

pytest_plugins = ["pytester"]


def write(url, statement):
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def read(url, statement):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text(statement)).scalars().all()
    engine.dispose()
    return rows


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_database_is_empty_every_time(database_url, time):
    write(database_url, "CREATE TABLE notes (text TEXT)")
    assert read(database_url, "SELECT * FROM notes") == []


def test_a_database_is_of_the_engine_that_the_test_is_named_after(database_url, database_engine):
    assert sa.make_url(database_url).get_backend_name() == database_engine


@pytest.mark.parametrize("database_engine", ["postgresql"], indirect=True)
def test_postgresql_has_the_extensions_that_search_needs(database_url):
    write(database_url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION btree_gin")
    assert read(database_url, "SELECT similarity('trellis', 'trellis')") == [1]


def test_a_template_is_filled_once_and_its_copies_are_apart(databases, database_engine):
    filled = []

    def fill(url):
        filled.append(url)
        write(url, "CREATE TABLE notes (text TEXT)")

    template = Template("notes", fill)
    for _ in range(2):
        with databases.fresh(database_engine, template) as url:
            write(url, "INSERT INTO notes VALUES ('one')")
            assert read(url, "SELECT * FROM notes") == ["one"]
    assert len(filled) <= 1  # none when another worker has filled it


def test_a_page_is_drawn_by_a_real_browser(page):
    page.set_content("<script>document.title = 'Drawn by ' + navigator.userAgent</script>")
    assert "Chrome" in page.title()


def test_a_page_whose_script_throws_fails_its_test(pytester, browser):
    pytester.makepyfile(
        """
        pytest_plugins = ["tests.support.browser"]
        def test_page(page):
            page.set_content("<script>throw new Error('Broken script')</script>")
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").stdout.fnmatch_lines(["*Broken script*"])


def test_code_may_run_an_event_loop_of_its_own_beside_the_browser(browser):
    assert asyncio.run(asyncio.sleep(0, "ran")) == "ran"
