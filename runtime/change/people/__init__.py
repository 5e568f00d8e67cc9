"""What a change of the configuration means for people, in sentences by topic.

Entry: :func:`runtime.change.people.telling.tell`. A topic is one file with a function that yields the
sentences of two catalogs, named in ``telling.py``.
"""

from collections.abc import Mapping, Sequence

Changes = Mapping[str, Sequence[str]]
"""The sentences by topic, in the order in which they are told."""
