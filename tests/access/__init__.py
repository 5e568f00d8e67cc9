"""Who may see and do what: an oracle reads the pack for itself, and every door is asked.

Every door is many: a run of the tests asks a part of them, another part for each actor, and
``TRELLIS_MATRIX=full`` all of them (some 20,000 requests for each database, a few minutes on one core).
Corners (``corners.py``) are knocked at every time. ``test_bisection.py`` tries to read a number of 16 bits
through every operator at every door. ``test_triples.py`` makes rights by the dice and compares judge and
oracle; ``test_mutations.py`` switches off one check after the other and wants all these to notice.
"""
