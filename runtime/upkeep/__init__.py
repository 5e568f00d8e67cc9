"""Upkeep: looking after a site that runs: backups, restoring them, and the doctor.

Entries: :func:`runtime.upkeep.backup.back_up`, :func:`runtime.upkeep.restore.restore` and
:func:`runtime.upkeep.doctor.examine`. None of them needs the configuration to be sound: a site that cannot be
opened can be backed up, restored and examined. It imports everything below ``studio``. One more thing that
the doctor looks at is one more file in ``checks/``.
"""
