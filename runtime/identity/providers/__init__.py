"""Who else may say who somebody is: directories that check passwords, and single sign-on.

Each provider is one file here with one class, found by discovery; see :mod:`runtime.identity.providers.base`.
There is none yet: users have passwords of their own.
"""
