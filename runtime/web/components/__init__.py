"""Components: what a card is made of, one file each, found by discovery.

Entry: :class:`runtime.web.components.base.Component`. A component makes its data ready for the template of
the same name in
``templates/pages/blocks/``.
"""
