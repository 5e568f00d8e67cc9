"""What can go wrong when an expression is put to the database."""


class NotSqlError(Exception):
    """A part of an expression has no meaning in SQL. The checker says so at load where SQL is needed."""
