"""Triggers: why a workflow runs, one file each.

A trigger declares how it is written and what it looks at. To add one, write a file here with a subclass of
:class:`runtime.triggers.base.TriggerKind`; discovery finds it, the catalog reads it and the reference has it.
This room lies below ``language``, which reads workflows, and far below ``automation``, which runs them: it
imports ``base`` and ``model`` alone.
"""
