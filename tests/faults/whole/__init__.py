"""The whole trial: web and worker are killed and stopped at random moments, while programs save, imports run
and workflows go on; afterwards everything that was accepted is there, once.

:mod:`trial` is the entry point; ``ground`` is the site, ``clients`` save and try again, ``victims`` are the
processes that are ended, ``outside`` is what is called and mailed to, ``verdict`` counts, ``telling`` prints
the figures, and ``careless`` is the program with three faults that the same trial must find.
"""
