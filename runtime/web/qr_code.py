"""QR codes, drawn as SVG in an address of their own: nothing inline, and nothing that another site sees."""

import segno


def qr_code(text: str) -> str:
    """The address of the picture: dark on light, whatever the page's theme, for cameras read no other."""
    address: str = segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return address
