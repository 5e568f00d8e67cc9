"""Sites: one customer's packs, one database, and one live snapshot of both.

Entry: :class:`runtime.sites.site.Site`. ``live`` is the immutable snapshot that a request takes once;
``site`` swaps it when a revision lands; ``operations`` has the background work that fills one; ``watch``
notices saved files and revisions that another process applied. ``folder`` is how the files on disk stand to
what is served, ``past`` tells what revisions have changed, and ``changing`` has a worker carry a change out.
"""
