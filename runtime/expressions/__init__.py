"""The expression language: text becomes a typed tree, evaluated in Python or compiled to SQL alike.

Entry: :class:`runtime.expressions.language.Language`, made once with its registries of functions and
operators. The column types (``columns``) and the folding and order of text (``text``) are here too, because
fields, storage and expressions share them. It may import ``base`` and ``model`` only, and is the one room
that imports simpleeval.

One more function is one more class in its family's file in ``functions/``, one more operator one more file in
``operators/``: each declares its signature, its examples (which run as tests), its meaning in Python and its
meaning in SQL. On SQLite the Python meaning itself is called where SQL has no exact one (``carrying``); on
PostgreSQL what needs a function of the database declares it (``Function.postgresql``).

Who gives what
--------------

*Where an expression stands* is a :class:`Scope`: whose fields bare names are, ``this``, the pack's constants,
and four switches. ``saving``: it runs while a record is saved (field formulas, rules, checks, workflows), so
``old``, ``changed()`` and ``is_new`` mean something. ``database``: it must be SQL too (filters, rights,
computed fields), and what cannot be is refused at load. ``personal=False``: nobody in particular asks (a
computed field), so ``user`` is refused. ``parent`` needs nothing: it is a relation of every row.

*Evaluation never queries.* ``dependencies(expression.tree)`` says what is to be fetched for the whole batch
before: ``paths`` of the record as it will be, ``old`` paths of the record before the save, ``outer`` paths of
the record one scope out, and ``aggregates``. ``Language.evaluator(moment).run(tree, record, outer, old)``
then takes plain data, nested by relation: ``{"amount": Money(…), "account": {"id": 21, "name": "Acme"}}``.
``old`` is None while the record is being created. After a run, ``evaluator.trouble`` is ``overflow`` or
``currencies`` when the result is empty for that reason: the writer makes it an error at the field.

*An aggregate* (``sum(items.total, …)``, ``lookup(…)``) is a node with a ``key``. For each of
``dependencies.aggregates`` whoever fetches gives one of two things in the record's plain data:

- its value, worked out by the database for the whole batch: ``record[AGGREGATES][aggregate.key]``. One
  SELECT has a scalar subquery for each aggregate: ``Language.value_in_sql(aggregate, binding, moment)``, over
  any binding whose root has a row for each record of the batch (its table, or what it is about to be).
- or the related records themselves, nested where ``aggregate.steps`` lead (``record["items"] = [{…}, …]``, in
  their order, deleted ones left out, ``link`` holding a link's attributes), each with
  ``related_paths(aggregate)``: for those that the batch itself changes. Given both, the value counts.

A lookup is only ever the first. ``references(tree)`` has every (module, field) that is read anywhere, those
of related records and of the relations that lead there among them: the dependency graph is built of it.

*SQL* asks its query for columns through a :class:`runtime.expressions.binding.Binding`: ``to_sql`` gives a
condition, ``value_in_sql`` the columns of a value, ``storing.stored`` what a field's column takes of it.
"""

from runtime.expressions.evaluation import AGGREGATES
from runtime.expressions.language import Language
from runtime.expressions.moment import Moment, Terms
from runtime.expressions.references import Dependencies, dependencies, references, related_paths
from runtime.expressions.scope import Scope

__all__ = [
    "AGGREGATES",
    "Dependencies",
    "Language",
    "Moment",
    "Scope",
    "Terms",
    "dependencies",
    "references",
    "related_paths",
]
