"""Pictures: what an upload shows is found out from its content, and shown only as a copy drawn anew.

A copy holds pixels and nothing else: no script, no place where it was taken, no other file hidden in it. What
would take too much memory to decode is no picture here, however small its file.
"""

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 16_000
QUALITY = 82


class NoPictureError(Exception):
    """Content that is no picture, or one that is not shown."""


def measure(content: BinaryIO) -> tuple[int, int] | None:
    """Width and height in pixels; None for what is no picture that can be shown. Only its head is decoded."""
    try:
        with _opened(content) as picture:
            return picture.width, picture.height
    except NoPictureError:
        return None
    finally:
        content.seek(0)


def preview(content: BinaryIO, side: int) -> bytes:
    """A WebP copy that fits a square of ``side`` pixels, the right way up; raises :class:`NoPictureError`."""
    from PIL import ImageOps

    try:
        with _opened(content) as picture:
            picture.draft("RGB", (side, side))  # a JPEG is decoded no larger than it must be
            picture.thumbnail((side, side))
            upright = ImageOps.exif_transpose(picture)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            drawn = upright.convert("RGBA" if has_alpha else "RGB")
            out = io.BytesIO()
            drawn.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=b"", xmp=b"")
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error, zlib.error) as error:
        raise NoPictureError(str(error)) from None


def _opened(content: BinaryIO) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(content, formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NoPictureError(str(error)) from None
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
        raise NoPictureError("It has too many pixels.")
    return picture
