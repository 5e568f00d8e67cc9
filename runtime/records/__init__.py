"""Records: the one writer, the one judge, and how one record is read, imported, deleted and brought back.

Entries: :class:`runtime.records.save.Writer` (every write goes through it, in batches),
:class:`runtime.records.read.Records` (one record for a card or for REST),
:class:`runtime.records.access.Judge` (who may what) and :class:`runtime.records.importing.Import`.
It imports ``identity``, ``storage`` and the rooms below them. A step of a save is one file: the order of the
steps is read off :mod:`runtime.records.save`.
"""
