"""Who may see and do what: an oracle reads the pack for itself, and every door is asked.

Every door is many: a run of the tests asks a part of them, another part for each actor, and
``TRELLIS_MATRIX=full`` all of them (about 20,000 requests for each database, some four minutes on one core).
"""
