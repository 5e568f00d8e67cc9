"""Trellis: a low-code CRM runtime driven by schemas.

The rooms, ground floor first: ``base``, ``model``, ``expressions``, ``fields``, ``language``, ``storage``,
``identity``, ``records``, ``automation``, ``channels``, ``change``, ``studio``, ``sites``, ``web``, ``cli``;
``assembly`` stands alone on top. A room imports only from the rooms below it.
"""

__version__ = "0.1.0"
