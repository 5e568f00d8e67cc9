"""What every room stands on: diagnostics, registries, messages, the clock, names and settings.

It imports nothing of the project. There is no module-level state here: a registry is a value that is passed.
"""
