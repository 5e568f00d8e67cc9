"""What users keep in the database that names the configuration: one file a kind, found by discovery.

Entry: :func:`runtime.change.kept.base.follow`. Each kind says which tables it looks after, where in them a
thing is named (``references``, for where-used), and writes them anew where names change (``rename``), in the
transaction
that applies the change. A table of the runtime that no kind looks after stands in ``base.NAMES_NOTHING``
with the reason; a test sees to it that each is in one of the two.
"""
