"""What a filter may ask of a field: the operators of the filter builder, one file each.

One more operator is one more file: a subclass of :class:`runtime.expressions.filters.base.FilterOperator`
that says in which words it is asked, of which kinds of fields, and as which condition of the language. The
same text is what a row writes and what a condition is known by, so that a filter reads back as it was made.
Its examples run as tests. ``runtime.expressions.conditions`` puts rows together.
"""
