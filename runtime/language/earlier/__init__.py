"""Earlier names in the packs' own text: what was renamed goes on being found by its earlier name.

Entry: :class:`runtime.language.earlier.following.Following`. Before the layers are merged, ``declared``
gathers
every ``was:``, and ``following`` gives each name that stands in a file its name of now: the names of files,
keys, and texts, at the places that each kind of file declares (:attr:`Kind.names_in_keys`,
:attr:`Kind.names_in_texts`).
Names inside expressions the expression language follows itself (:attr:`Scope.earlier`). Each use is kept
with its
exact place, so that it can be told, and written anew (``rewriting``). One more kind of file says in its own
file where it names things, and is followed.
"""
