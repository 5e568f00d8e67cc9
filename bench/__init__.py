"""The yardstick: how fast lists, saves, imports, a check and a start are, each beside what it is measured by.

``make bench`` runs it whole (``bench.yardstick``) and writes a table to ``bench/results``. The parts run
alone too: ``python -m bench.list_page``, ``bench.import_rows``, ``bench.check``, ``bench.start``; ``--help``
tells what each takes. Figures of one machine at one moment only compare with each other: what is interleaved
in one run counts, nothing else does.
"""
