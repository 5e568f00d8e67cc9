"""Trials: the tests of a configuration, run offline on a clock that stands still.

Entry: :func:`runtime.trials.running.run_suite`. All cases have one database and one transaction, which is
never committed; each case is a part of it that is rolled back. Records are written by the one writer as
whoever the case says, the background's work is done in between by a worker of this process, letters are
caught, and other systems answer what the case says. It imports ``web`` (for what a card offers) and the rooms
below it.
"""
