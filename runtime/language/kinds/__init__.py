"""The kinds of file a pack may have, one file each: where they lie and the JSON Schema of their pieces.

Entry: :class:`runtime.language.kinds.base.Kind`; discovery finds the rest. The schemas serve the check and
the editors alike.
"""
