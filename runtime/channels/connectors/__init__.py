"""Connectors: how the CRM reaches other systems, one file each.

``http`` is the one client that calls addresses which somebody has written: it resolves a name once, refuses
what is not a public address, and follows nothing. Whoever calls out goes through it.
"""
