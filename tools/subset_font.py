"""Cut the Chinese font that mapdesk ships out of a full Noto Sans CJK.

``python tools/subset_font.py NotoSansCJK-Regular.ttc data/fonts/NotoSansCJKsc-GBK.otf`` keeps
Latin, punctuation, arrows and every character of GBK, the set in which Chinese names and addresses
are written: 9 MB of 19. Needs fontTools, which matplotlib brings.
"""

from __future__ import annotations

import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

FACE = "Noto Sans CJK SC"
RANGES = (
    (0x0020, 0x024F),  # Latin
    (0x2000, 0x206F),  # punctuation
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x22FF),  # letter-like, numbers, arrows, mathematics
    (0x2460, 0x25FF),  # circled digits, boxes, shapes
    (0x3000, 0x312F),  # Chinese punctuation, kana, bopomofo
    (0xFF01, 0xFFEE),  # full-width forms
)
HAN = range(0x3400, 0xA000)


def in_gbk(code: int) -> bool:
    """Tell whether GBK can write the character."""
    try:
        chr(code).encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def main(source: str, target: str) -> None:
    """Write the part of `source` that mapdesk needs to `target`."""
    options = subset.Options(
        hinting=False, name_IDs=["*"], layout_features=["kern", "ccmp", "locl"]
    )
    faces = [face["name"].getDebugName(4) for face in TTCollection(source).fonts]
    options.font_number = faces.index(FACE)
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    codes = {code for first, last in RANGES for code in range(first, last + 1)}
    cutter.populate(unicodes=codes | set(filter(in_gbk, HAN)))
    cutter.subset(font)
    subset.save_font(font, target, options)


if __name__ == "__main__":
    main(*sys.argv[1:3])
