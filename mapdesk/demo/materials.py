"""What the painted ground is made of: a colour for each material, in spring and in late summer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.demo.textures import CROWNS, GRAIN, TREES

Rgb = tuple[int, int, int]
SHADE = np.array([0.50, 0.54, 0.65])
"""What of each colour is left in a shadow under a blue sky."""
CROWN_COLOURS: tuple[Rgb, ...] = ((46, 62, 38), (66, 88, 50), (92, 116, 64))
"""Of a tree from above: its dark side, its middle and where the sun falls."""
SPRING_CROWNS: tuple[Rgb, ...] = ((66, 68, 46), (92, 96, 62), (122, 124, 80))


@dataclass(frozen=True)
class Material:
    """One thing that is seen from above.

    Parameters
    ----------
    colour : tuple of int
        Red, green and blue in late summer, in the sun.
    spring : tuple of int, optional
        In early spring, where that is another.
    grain : float
        By how much its colour goes up and down, of 255.
    crowns : str
        "wood" where trees stand close, "some" where they stand about, empty where there are none.
    """

    colour: Rgb
    spring: Rgb | None = None
    grain: float = 5.0
    crowns: str = ""


MATERIALS: dict[str, Material] = {
    "outside": Material((112, 120, 84), (150, 136, 100), 9.0, "some"),
    "sea": Material((48, 74, 88), (66, 88, 94), 3.0),
    "canal": Material((62, 86, 84), (76, 94, 88), 3.0),
    "lake": Material((56, 84, 82), (70, 94, 88), 3.0),
    "pond 1": Material((66, 92, 86), (78, 98, 88), 3.0),
    "pond 2": Material((58, 80, 80), (88, 104, 92), 3.0),
    "pond 3": Material((80, 100, 84), (70, 90, 88), 3.0),
    "salt": Material((148, 156, 152), (166, 168, 158), 6.0),
    "grass": Material((98, 120, 66), (138, 130, 88), 8.0),
    "park": Material((104, 122, 74), (140, 132, 92), 8.0, "some"),
    "wood": Material((52, 66, 42), (84, 80, 56), 6.0, "wood"),
    "hill": Material((58, 76, 44), (92, 88, 60), 7.0, "wood"),
    "crop 1": Material((132, 140, 78), (158, 140, 100), 9.0),
    "crop 2": Material((106, 128, 66), (128, 138, 84), 8.0),
    "crop 3": Material((156, 146, 98), (170, 150, 114), 9.0),
    "crop 4": Material((88, 114, 62), (148, 128, 94), 8.0),
    "soil": Material((176, 152, 116), (184, 162, 128), 14.0),
    "soil worked": Material((158, 134, 102), (166, 142, 112), 14.0),
    "yard": Material((150, 148, 138), (158, 154, 142), 6.0, "some"),
    "shops": Material((168, 164, 156), None, 5.0),
    "works": Material((156, 152, 146), None, 7.0),
    "school yard": Material((156, 148, 132), None, 6.0, "some"),
    "paving": Material((182, 176, 166), None, 5.0),
    "court": Material((170, 164, 154), None, 5.0),
    "bunds": Material((170, 168, 162), None, 4.0),
    "parking": Material((112, 114, 117), None, 5.0),
    "pavement": Material((172, 167, 158), None, 5.0),
    "asphalt": Material((98, 101, 105), None, 5.0),
    "asphalt worn": Material((116, 117, 119), None, 6.0),
    "lane": Material((138, 136, 130), None, 6.0),
    "white": Material((208, 208, 204), None, 3.0),
    "yellow": Material((196, 168, 92), None, 3.0),
    "roof grey": Material((160, 158, 154), None, 5.0),
    "roof light": Material((192, 189, 182), None, 5.0),
    "roof warm": Material((178, 164, 146), None, 5.0),
    "roof worn": Material((136, 131, 125), None, 7.0),
    "roof dark": Material((104, 106, 110), None, 5.0),
    "roof glass": Material((96, 110, 124), None, 4.0),
    "roof white": Material((216, 216, 212), None, 4.0),
    "roof school": Material((184, 150, 122), None, 5.0),
    "tiles lit": Material((168, 98, 76), None, 8.0),
    "tiles dark": Material((126, 70, 56), None, 7.0),
    "brown lit": Material((150, 116, 92), None, 8.0),
    "brown dark": Material((112, 84, 68), None, 7.0),
    "slate lit": Material((128, 132, 138), None, 7.0),
    "slate dark": Material((94, 98, 106), None, 6.0),
    "blue lit": Material((106, 144, 186), None, 4.0),
    "blue dark": Material((84, 120, 162), None, 4.0),
    "metal lit": Material((204, 204, 202), None, 4.0),
    "metal dark": Material((180, 181, 182), None, 4.0),
    "rust lit": Material((164, 110, 92), None, 5.0),
    "rust dark": Material((138, 88, 74), None, 5.0),
    "edge": Material((210, 207, 200), None, 3.0),
    "box": Material((128, 126, 122), None, 4.0),
    "heaters": Material((58, 68, 92), None, 3.0),
    "tree dark": Material(CROWN_COLOURS[0], SPRING_CROWNS[0], 5.0),
    "tree": Material(CROWN_COLOURS[1], SPRING_CROWNS[1], 5.0),
    "tree lit": Material(CROWN_COLOURS[2], SPRING_CROWNS[2], 5.0),
    "car white": Material((236, 236, 234), None, 0.0),
    "car silver": Material((168, 172, 178), None, 0.0),
    "car black": Material((40, 42, 46), None, 0.0),
    "car red": Material((156, 48, 44), None, 0.0),
    "car blue": Material((54, 78, 128), None, 0.0),
    "box orange": Material((190, 104, 58), None, 3.0),
    "box green": Material((70, 116, 92), None, 3.0),
}
CODES = {name: code for code, name in enumerate(MATERIALS)}
"""What stands for each material in a painted tile."""


def palette(spring: bool) -> NDArray[np.uint32]:
    """Return the packed colour (65536,) of each material, tree, grain and shadow; see `textures.mixed`."""
    grains = np.linspace(-1.0, 1.0, GRAIN)[:, None]
    crowns = np.array(SPRING_CROWNS if spring else CROWN_COLOURS, float)
    found = np.zeros((256, TREES, CROWNS, GRAIN, 2, 4))
    for name, code in CODES.items():
        material = MATERIALS[name]
        base = np.array(material.spring if spring and material.spring else material.colour, float)
        colours = found[code, ..., 0, :3]
        colours[...] = base + grains * material.grain
        if material.crowns == "wood":
            colours[:, 1:] = crowns[:, None] + grains * 7.0
        elif material.crowns == "some":
            colours[2:] = crowns[1:, None, None] + grains * 7.0
            colours[1] *= SHADE
    if spring:  # the haze of a dry spring
        found[..., :3] = found[..., :3] * 0.94 + np.array([15.0, 14.0, 12.0])
    found[..., 1, :3] = found[..., 0, :3] * SHADE
    packed = np.clip(np.rint(found), 0, 255).astype(np.uint8).reshape(-1, 4)
    return packed.view(np.uint32).ravel()
