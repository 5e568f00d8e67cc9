"""Who somebody is: passwords, sessions, API keys, and the brake on guessing.

It authenticates and nothing else: users and groups themselves are records, and what they may do is the
judge's question (``records/access.py``). Entries: :class:`runtime.identity.sign_in.SignIn` for a person,
:class:`runtime.identity.sessions.Sessions` for a browser that comes back,
:class:`runtime.identity.api_keys.ApiKeys` for a program. Every secret is kept as a hash alone. It imports
``storage`` and the rooms below it.
"""
