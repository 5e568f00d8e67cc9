"""What could turn a text into SQL, HTML or a program stands in the source at few places, all of them known.

A new place fails here until somebody has looked at it and added its file.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "runtime"
SQL = {"text", "literal_column", "exec_driver_sql", "TextClause"}
PROGRAMS = {"eval", "exec", "Markup", "unsafe_load"}
READERS = {"pickle", "marshal", "shelve", "dill"}
"""Modules that run what they read."""
SQL_FILES = (
    "storage/",
    "change/",
    "upkeep/",
    "identity/security_log.py",  # the lock of its chain
    "expressions/calculating_in_sql.py",  # getattr(func, …): names that stand in that very file
    "expressions/totals_in_sql.py",
    "expressions/functions/text.py",
)


@pytest.fixture(scope="module")
def sources() -> dict[str, ast.Module]:
    """Every source file by its name, read."""
    return {
        path.relative_to(RUNTIME).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(RUNTIME.rglob("*.py"))
    }


def imported(tree: ast.Module) -> set[str]:
    """What a file takes from SQLAlchemy."""
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for name in node.names
    }


def called(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call, by the last part of the name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            yield (name.id if isinstance(name, ast.Name) else getattr(name, "attr", "")), node


def sql_of_texts(name: str, tree: ast.Module) -> Iterator[str]:
    """The calls of a file that make SQL of a text, or of a name that is worked out."""
    known = imported(tree)
    for what, call in called(tree):
        attribute = isinstance(call.func, ast.Attribute)
        if what == "exec_driver_sql" or (what in SQL and not attribute and what in known):
            yield f"{name}: {what}"
        elif what == "getattr" and isinstance(call.args[0], ast.Name) and call.args[0].id == "func":
            yield f"{name}: getattr(func, …)"


def programs(name: str, tree: ast.Module) -> Iterator[str]:
    """The calls of a file that make a program, or trusted HTML, of a text."""
    for what, call in called(tree):
        if what in PROGRAMS or (what == "compile" and isinstance(call.func, ast.Name)):
            yield f"{name}: {what}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            if module.partition(".")[0] in READERS:
                yield f"{name}: import {module}"


def test_sql_is_made_of_texts_in_the_rooms_of_storage_and_of_applying_alone(
    sources: dict[str, ast.Module],
) -> None:
    found = {each for name, tree in sources.items() for each in sql_of_texts(name, tree)}
    assert len(found) > 20  # it looks
    assert {each for each in found if not each.startswith(SQL_FILES)} == set()


def test_nothing_runs_a_text_as_a_program_and_html_is_trusted_at_two_places(
    sources: dict[str, ast.Module],
) -> None:
    found = {each for name, tree in sources.items() for each in programs(name, tree)}
    assert found == {"web/table.py: Markup", "web/views.py: Markup"}


def test_no_template_lets_a_value_out_unescaped() -> None:
    templates = sorted((RUNTIME.parent / "templates").rglob("*.html"))
    assert len(templates) > 100
    loose = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [path.name for path in templates if loose.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "line", ["execute(text(f'x'))", "func.x; getattr(func, n)", "c.exec_driver_sql(x)", "literal_column(x)"]
)
def test_such_a_line_would_be_seen(line: str) -> None:
    tree = ast.parse(f"from sqlalchemy import func, literal_column, text\n{line}")
    assert list(sql_of_texts("x.py", tree))
    assert list(programs("x.py", ast.parse("import pickle\neval(x)\ncompile(x)"))) == [
        "x.py: eval", "x.py: compile", "x.py: import pickle",
    ]  # fmt: skip
