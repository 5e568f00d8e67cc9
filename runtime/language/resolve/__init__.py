"""The resolver: from sound trees to the catalog's values, one file a noun.

Entry: :func:`runtime.language.resolve.whole.resolve`. It fills a draft and notes what it cannot make sense
of; it never stops at an error.
"""
