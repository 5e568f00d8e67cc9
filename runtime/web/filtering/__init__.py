"""The filter builder: a condition as the controls of a form, and the form as a condition again.

``drafts`` is what a form holds, ``subjects`` the fields that may be asked about, ``values`` the controls of
what they are compared with, ``building`` makes a draft of a condition and a condition of a draft, ``drawing``
prepares a draft for the template, and ``words`` says a condition as sentences. What the rows mean is known by
``runtime.expressions.filters``; the screen is ``runtime.web.pages.filter``. It may import what screens may.
"""
