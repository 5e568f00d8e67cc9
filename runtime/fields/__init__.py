"""Field types, one file each: settings, columns, parsing, widget, operators, REST form, text form, examples.

Entry: :class:`runtime.fields.base.FieldType`. A new field type is one file here that subclasses it; discovery finds
it, and the contract tests then run over it. A field type imports ``base``, ``model``, ``expressions.columns`` and this
room's ``base`` and ``formats`` only.
"""
