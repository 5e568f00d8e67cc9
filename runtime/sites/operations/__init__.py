"""The kinds of operations that fill a site, found by discovery beside those of
``runtime.automation.operations``, whose ``base`` says what one is. They stand up here because they know what
a site is filled with.
"""
