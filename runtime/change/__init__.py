"""Changing a live CRM: what applying a configuration would do, doing it, and the revisions that were applied.

Entries: :func:`runtime.change.plan.make_plan` (look), :func:`runtime.change.apply.apply` (do) and
:func:`runtime.change.revisions.open_applied` (what is to be served). A plan is the difference between a
catalog, the applied revision and the live database: steps in order, or refusals at the lines that caused
them. Applying makes the plan again inside the transaction that carries it out, and that transaction writes
the revision.
:mod:`runtime.change.sealed` keeps a plan in a file, :mod:`runtime.change.drift` tells what has moved since,
and :mod:`runtime.change.people` what a plan changes for people. It imports everything below ``studio``. One
more kind of step is one more file here that yields steps, named in ``plan.py``.
"""
