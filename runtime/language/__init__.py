"""Language: folders of YAML, read strictly, layered, checked and resolved into a Catalog, or into
diagnostics.

Entry: :func:`runtime.language.load.load`. It imports ``base``, ``model``, ``expressions`` and ``fields``.
One more check is one more file in ``checks/``; one more kind of file is one more file in ``kinds/``.
"""
