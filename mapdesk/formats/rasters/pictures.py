"""PNG, JPEG and WebP as pixels."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from mapdesk.formats.rasters.raster import Pixels
from mapdesk.model.errors import InputError

LARGEST = 4096
"""Pixels a side that a tile may have."""


def decoded(content: bytes, name: str) -> Pixels:
    """Return the pixels of a tile.

    Raises
    ------
    InputError
        It is no picture, is cut off, or is larger than a tile may be.
    """
    try:
        with warnings.catch_warnings():
            # A picture of a hundred million pixels is refused below, by its size.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
        if max(picture.size) > LARGEST:
            raise InputError(
                f"A tile of {name} is {picture.width} pixels wide and {picture.height} high, where "
                f"{LARGEST} are the most; it is not shown."
            )
        return np.array(picture.convert("RGBA"), np.uint8)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise InputError(
            f"A tile of {name} is no PNG, JPEG or WebP picture; check the address or the file."
        ) from None
