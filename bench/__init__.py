"""The yardstick: how fast a list, an import, a check and a start are, each beside what it is measured by.

``python -m bench.list_page`` sets a list page beside the same page written by hand; ``bench.import_rows``,
``bench.check`` and ``bench.start`` measure their part. ``--help`` of each tells what it takes. Figures of one
machine at one moment only compare with each other: what is interleaved in one run counts, nothing else does.

The page by hand talks to PostgreSQL through asyncpg, which the runtime does not need: pip install asyncpg.
"""
