"""Dropping tables and columns for good; inside a transaction of :meth:`Database.rebuild`.

PostgreSQL drops a column by a statement. SQLite does not where a foreign key is on it, so there the table is
made again without the columns, from its own text, and its rows are copied; what belongs to the table besides
(indexes, triggers) is made again from its text too. Other tables go on pointing at it by its name.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, text

from runtime.storage.engines import quoted

COPY = "trellis_copy"
"""What the new table is called while it is filled."""


def drop_table(connection: Connection, name: str) -> None:
    """Drop a table with its rows, and on PostgreSQL the foreign keys that point at it."""
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(name)}{cascade}")


def drop_columns(connection: Connection, table: str, names: Collection[str]) -> None:
    """Drop some columns of a table with what they hold, and the indexes that are on them."""
    if connection.dialect.name == "postgresql":
        drops = ", ".join(f"DROP COLUMN {quoted(name)}" for name in names)
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} {drops}".replace("%", "%%"))
        return
    made = _text(connection, "table", table)
    parts, tail = _split(made)
    left = [part for part in parts if _names_of(part).isdisjoint(names)]
    columns = ", ".join(quoted(each) for each in _columns(connection, table) if each not in names)
    others = list(_others(connection, table, names))
    connection.exec_driver_sql(f"CREATE TABLE {COPY} ({', '.join(left)}){tail}")
    connection.exec_driver_sql(f"INSERT INTO {COPY} ({columns}) SELECT {columns} FROM {quoted(table)}")
    connection.exec_driver_sql(f"DROP TABLE {quoted(table)}")
    connection.exec_driver_sql(f"ALTER TABLE {COPY} RENAME TO {quoted(table)}")
    for statement in others:
        connection.exec_driver_sql(statement)


def _text(connection: Connection, kind: str, name: str) -> str:
    statement = text("SELECT sql FROM sqlite_master WHERE type = :kind AND name = :name")
    return str(connection.execute(statement, {"kind": kind, "name": name}).scalar_one())


def _columns(connection: Connection, table: str) -> list[str]:
    return [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({quoted(table)})")]


def _others(connection: Connection, table: str, gone: Collection[str]) -> Iterator[str]:
    """What makes the indexes and triggers of a table again, but for indexes on columns that are gone."""
    statement = text("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")
    for kind, name, sql in connection.execute(statement, {"table": table}).all():
        if kind == "trigger":
            yield sql
        elif kind == "index":
            on = {row[2] for row in connection.exec_driver_sql(f"PRAGMA index_xinfo({quoted(name)})")}
            if on.isdisjoint(gone) and not any(_mentions(sql, each) for each in gone):
                yield sql


def _mentions(sql: str, name: str) -> bool:
    return name in _words(sql.partition("(")[2])


def _words(sql: str) -> set[str]:
    """The names and words of a statement, without the texts in it."""
    found: set[str] = set()
    word, end = "", ""
    for sign in sql + " ":
        if end:
            if sign == end:
                end = ""
                found.add(word)
                word = ""
            else:
                word += sign
        elif sign in "\"'":
            end = sign
            word = ""
        elif sign.isalnum() or sign == "_":
            word += sign
        else:
            found.add(word)
            word = ""
    return found - {""}


def _split(made: str) -> tuple[list[str], str]:
    """The parts of a statement that makes a table, and what stands behind them."""
    start = made.index("(")
    parts: list[str] = []
    depth, begin, end, inside = 0, start + 1, len(made), ""
    for place in range(start, len(made)):
        sign = made[place]
        if inside:
            inside = "" if sign == inside else inside
        elif sign in "\"'":
            inside = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                end = place
                break
        elif sign == "," and depth == 1:
            parts.append(made[begin:place].strip())
            begin = place + 1
    parts.append(made[begin:end].strip())
    return parts, made[end + 1 :]


def _names_of(part: str) -> set[str]:
    """The columns that a part of a table's text is of: the one that it makes, or those of a foreign key."""
    upper = part.upper()
    if upper.startswith(("CONSTRAINT ", "FOREIGN KEY", "PRIMARY KEY", "UNIQUE", "CHECK")):
        key = upper.find("FOREIGN KEY")
        if key < 0:
            return set()
        listed = part[part.index("(", key) + 1 :].partition(")")[0]
        return {each.strip().strip('"') for each in listed.split(",")}
    name = part[1:].partition('"')[0] if part.startswith('"') else part.split(None, 1)[0]
    return {name}
