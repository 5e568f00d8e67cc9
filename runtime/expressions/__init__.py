"""The expression language: text becomes a typed tree, evaluated in Python or compiled to SQL alike.

Entry: :class:`runtime.expressions.language.Language`, made once with its registries of functions and
operators. The column types (``columns``) and the folding and order of text (``text``) are here too, because
fields, storage and expressions share them. It may import ``base`` and ``model`` only, and is the one room
that imports simpleeval.

One more function is one more file in ``functions/``, one more operator one in ``operators/``: each declares
its signature, its examples (which run as tests), its meaning in Python and its meaning in SQL.
"""

from runtime.expressions.language import Language
from runtime.expressions.moment import Moment
from runtime.expressions.scope import Scope

__all__ = ["Language", "Moment", "Scope"]
