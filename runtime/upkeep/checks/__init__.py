"""What the doctor looks at, one file each: the docstring is the page of `trellis explain`.

One more is a file with a subclass of :class:`runtime.upkeep.checks.base.Check`: a code, a title, and
``examine``, which yields what is wrong and how it is mended. It only looks. A test of it brings the fault
about, and expects it to be named.
"""
