"""Field types, one file each: settings, columns, parsing, widget, operators, REST form, text form, examples.

Entry: :class:`runtime.fields.base.FieldType`. A new field type is one file here that subclasses it; discovery
finds it, and the contract tests then run over it. A field type imports ``base``, ``model``,
``expressions.columns``, and of this room ``base``, ``formats`` and what several types share: ``written``
(text), ``exact`` (numbers), ``date_format`` (moments), ``choice`` (picklists), ``reference`` and ``related``
(records), ``several`` (lists) and ``pattern`` (numbers that the program gives).
"""
