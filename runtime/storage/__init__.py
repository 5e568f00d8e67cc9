"""The database: connections and transactions, tables built from the catalog, the one query, and files.

Entries: :class:`runtime.storage.database.Database` (read, write), :func:`runtime.storage.tables.build_tables`
(Catalog → Tables) and :class:`runtime.storage.reader.Reader` (the one query). It imports ``base``, ``model``,
``expressions`` and ``fields``. Nothing above it writes SQL text: what a caller needs it says as a
:class:`runtime.storage.query.Query`, or in SQLAlchemy Core on the tables that it is given.
"""
