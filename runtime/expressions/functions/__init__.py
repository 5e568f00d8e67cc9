"""The functions of the language, one file each, found by discovery.

To add one: a file with a subclass of :class:`runtime.expressions.functions.base.Function`. Its docstring says
what it does and ends with examples, ``>>> expression`` and the literal it gives on the next line, which run
as tests.
"""
