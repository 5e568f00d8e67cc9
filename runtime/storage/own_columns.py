"""The kinds of columns that the runtime's own tables are made of, beside SQLAlchemy's."""

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.dialects.postgresql import JSONB

Big = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of 63 bits. SQLite makes a primary key its row id only when it is called INTEGER."""

Json = JSON().with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value."""
