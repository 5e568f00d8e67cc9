"""The nouns of the configuration language as frozen dataclasses: what a Catalog is made of.

Entry: :class:`runtime.model.catalog.Catalog`. It may import ``base`` only. Everything here is immutable after
it
is built, so a snapshot can be shared by every thread.
"""
