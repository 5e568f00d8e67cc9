"""The semantic checks, one file each, found by discovery: a code, its page, and what it looks for.

Entry: :class:`runtime.language.checks.base.Check`. A check imports its ``base``, the draft, ``model`` and
``base``. Most references are found wanting while they are resolved; the resolver notes a fact, and the
check of that fact says it in a sentence.
"""
