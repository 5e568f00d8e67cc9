"""The demo's world: a plausible company's records of the standard pack, the same for every run of a day.

``runtime/sites/demo.py`` is the entry point: it walks two years in steps and lets each part of this world
write what happens in a step. Everything is drawn from one seeded source of chance and dated from today, and
goes through the one writer, a batch for each module and step, under the clock of its day. Nothing is kept but
the customers' ids and what is still to happen. A part may import ``chance``, ``names``, ``pen`` and the parts
whose records its own hang on.
"""
