"""Steps: what a workflow does, one file each.

A step declares its settings, and does its work with what it is handed (:class:`runtime.steps.base.Doing`).
To add one, write a file here with a subclass of :class:`runtime.steps.base.StepKind`; discovery finds it, the
catalog reads it, the reference and the admin pages show it. This room lies below ``language``, which reads
workflows, and far below ``automation``, which runs them: it imports ``base`` and ``model`` alone.
"""
