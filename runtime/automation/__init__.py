"""Automation: what happens in the background, and the workers that do it.

Entries: :class:`runtime.automation.background.Background` (start an operation, in the transaction that gives
the cause for it) and :class:`runtime.automation.worker.Worker` (do what waits). The database is the truth: an
operation is a row (:class:`runtime.storage.operations.Operations`), claimed with a lease, and what it has
done is kept together with its checkpoint. huey, in ``queue``, only wakes workers; a wake-up that is lost
costs seconds, never work. It imports ``records`` and the rooms below it.

To add a kind of operation, write one file in ``operations/``, or in ``runtime/sites/operations/`` where it
needs the floors above; see :mod:`runtime.automation.operations.base`.
"""
