"""A generated street in true perspective: what stands still. Runs in clip workers alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""

#: Scenes are drawn at twice the clip's size and reduced, which smooths every edge.
WIDTH: Final = 1280
HEIGHT: Final = 720

#: Vertical opening angle of a common bullet camera, degrees.
_FIELD_OF_VIEW: Final = 38.0

_FAR: Final = 230.0
"""Metres to the end of the street."""


@dataclass(frozen=True, slots=True)
class Look:
    """What makes one camera's picture its own.

    Parameters
    ----------
    place : str
        Burnt into the picture.
    hour : int
        Hour of the burnt-in clock.
    sky_top, sky_bottom : Colour
        Ends of the sky's gradient; the lower one is the haze's colour too.
    light : float
        Brightness of what is lit by the sky, 1 at noon.
    is_dusk : bool
        Lamps, windows and headlights are on.
    lanes : int
        In each direction.
    height, offset, yaw, pitch : float
        Camera: metres above and beside the road's middle, degrees to the right and down.
    walls : tuple of Colour
        House colours.
    floors : tuple of int
        Fewest and most storeys.
    has_crossing : bool
        A zebra crossing before the camera.
    is_wet : bool
        The road mirrors the sky.
    """

    place: str
    hour: int
    sky_top: Colour
    sky_bottom: Colour
    light: float
    is_dusk: bool
    lanes: int
    height: float
    offset: float
    yaw: float
    pitch: float
    walls: tuple[Colour, ...]
    floors: tuple[int, int]
    has_crossing: bool
    is_wet: bool = False

    @property
    def road(self) -> float:
        """Metres from the road's middle to the kerb."""
        return self.lanes * 3.4 + 0.6


_BRICK: Final = ((104, 128, 176), (128, 152, 190), (150, 176, 204), (92, 108, 150))
_PLASTER: Final = ((196, 206, 214), (176, 196, 214), (186, 190, 186), (160, 184, 206))
_GLASS: Final = ((178, 160, 132), (190, 178, 158), (160, 150, 138), (206, 200, 188))

LOOKS: Final = (
    Look("HARBOUR ROAD / EAST", 9, (214, 160, 98), (240, 224, 206), 1.0, False, 2,
         7.0, 1.5, -2.0, 11.0, _PLASTER, (4, 9), True),
    Look("MARKET STREET", 18, (120, 72, 58), (120, 164, 240), 0.52, True, 1,
         5.5, -3.5, 5.0, 10.0, _BRICK, (2, 5), True),
    Look("SCHOOL GATE / SOUTH", 7, (226, 196, 158), (226, 232, 240), 0.94, False, 1,
         6.0, 5.0, -9.0, 12.0, _BRICK, (3, 6), True),
    Look("CANAL BRIDGE", 15, (190, 172, 160), (206, 202, 198), 0.78, False, 2,
         8.5, -7.0, 10.0, 13.0, _GLASS, (6, 16), False, True),
    Look("STATION SQUARE", 19, (78, 44, 36), (150, 110, 172), 0.34, True, 3,
         9.0, 0.0, 0.0, 12.0, _GLASS, (7, 20), True, True),
    Look("WORKS GATE / NORTH", 12, (224, 150, 72), (244, 226, 196), 1.06, False, 2,
         6.5, 8.0, -14.0, 11.0, _PLASTER, (1, 3), False),
)  # fmt: skip


class Street:
    """A street seen by one camera: x to the right, y along the street, z up, in metres."""

    def __init__(self, look: Look, random: np.random.Generator) -> None:
        self.look = look
        self.random = random
        yaw, pitch = np.radians((look.yaw, look.pitch))
        forward = np.array(
            (np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch))
        )
        right = np.array((np.cos(yaw), -np.sin(yaw), 0.0))
        self._axes: NDArray[np.float64] = np.stack((right, np.cross(forward, right), forward))
        self._eye = np.array((look.offset, 0.0, look.height))
        self._focal = HEIGHT / 2 / np.tan(np.radians(_FIELD_OF_VIEW / 2))

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixel x, pixel y and depth in metres of points (count x 3)."""
        seen: NDArray[np.float64] = (points - self._eye) @ self._axes.T
        factor = self._focal / np.maximum(seen[:, 2], 0.5)
        seen[:, 0] = seen[:, 0] * factor + WIDTH / 2
        seen[:, 1] = seen[:, 1] * factor + HEIGHT / 2
        return seen

    def scale(self, depth: float) -> float:
        """Pixels that a metre takes at `depth` metres."""
        return float(self._focal / max(depth, 0.5))

    def hazed(self, colour: Colour, depth: float, lit: bool = False) -> Colour:
        """Return `colour` in this light, faded into the haze at `depth` metres."""
        clear = math.exp(-max(depth, 0.0) / 190.0)
        light = 1.0 if lit else self.look.light
        haze = self.look.sky_bottom
        return (
            min(255.0, colour[0] * light) * clear + haze[0] * (1 - clear),
            min(255.0, colour[1] * light) * clear + haze[1] * (1 - clear),
            min(255.0, colour[2] * light) * clear + haze[2] * (1 - clear),
        )

    def quad(
        self, image: MatLike, corners: NDArray[np.float64], colour: Colour, lit: bool = False
    ) -> None:
        """Fill a flat shape given by its corners in metres (count x 3); behind the eye: nothing."""
        seen = self.project(corners)
        if seen[:, 2].min() < 0.6:
            return
        shade = self.hazed(colour, float(seen[0, 2] + seen[-1, 2]) / 2, lit)
        cv2.fillPoly(image, [np.rint(seen[:, :2]).astype(np.int32)], shade)

    def ground(
        self, image: MatLike, left: float, right: float, near: float, far: float, colour: Colour
    ) -> None:
        """Fill a rectangle on the ground, in strips so that the haze deepens with distance."""
        edges = np.geomspace(max(near, 2.0), far, 2 + int(far > 2.5 * near) * 14)
        for start, end in itertools.pairwise(edges):
            corners = np.array(
                [(left, start, 0), (right, start, 0), (right, end, 0), (left, end, 0)], float
            )
            self.quad(image, corners, colour)

    def backdrop(self) -> MatLike:
        """Return everything that stands still, HEIGHT x WIDTH, BGR."""
        image = self._sky()
        self._skyline(image)
        self._ground(image)
        for side in (-1.0, 1.0):
            self._houses(image, side)
        if self.look.is_wet:
            self._mirror(image)
        return image

    def _sky(self) -> MatLike:
        horizon = self.project(np.array([(0.0, 4000.0, self.look.height)]))[0, 1]
        ramp = np.clip(np.arange(HEIGHT) / max(horizon, 1.0), 0, 1)[:, None, None] ** 1.3
        top, bottom = np.array(self.look.sky_top), np.array(self.look.sky_bottom)
        image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        image[:] = top * (1 - ramp) + bottom * ramp
        puffs = self.random.random((HEIGHT // 40, WIDTH // 160)).astype(np.float32)
        clouds = cv2.resize(puffs, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        share = (np.clip(clouds - 0.55, 0, 1) * 0.9 * (1 - ramp[:, :, 0] * 0.4))[:, :, None]
        white = np.array((250.0, 246.0, 244.0)) * (0.55 + 0.45 * self.look.light)
        image[:] = image * (1 - share) + np.minimum(white, 255) * share
        line = max(0, round(horizon))
        near = np.linspace(0, 1, HEIGHT - line)[:, None, None] ** 0.4
        grass: Colour = (128.0, 148.0, 142.0)
        image[line:] = (
            np.array(self.hazed(grass, 900)) * (1 - near) + np.array(self.hazed(grass, 12)) * near
        )
        return image

    def _skyline(self, image: MatLike) -> None:
        x = -260.0
        while x < 260:
            width = self.random.uniform(14, 34)
            tall = self.random.uniform(10, 34) + (24 if self.random.random() < 0.2 else 0)
            corners = [(x, _FAR, 0), (x + width, _FAR, 0), (x + width, _FAR, tall), (x, _FAR, tall)]
            self.quad(image, np.array(corners, float), (150, 140, 132))
            x += width * self.random.uniform(0.8, 1.3)

    def _ground(self, image: MatLike) -> None:
        look, road = self.look, self.look.road
        self.ground(image, -140, 140, 3, _FAR, (128, 148, 142))
        self.ground(image, -road - 5, road + 5, 3, _FAR, (176, 180, 182))
        for row in np.arange(6.0, 90.0, 3.0):  # paving joints
            for side in (-1.0, 1.0):
                inner, outer = sorted((side * road, side * (road + 5)))
                self.ground(image, inner, outer, row, row + 0.07, (158, 162, 164))
        self.ground(image, -road - 0.3, road + 0.3, 3, _FAR, (206, 208, 208))
        self.ground(image, -road, road, 3, _FAR, (92, 88, 86))
        for lane in range(1 - look.lanes, look.lanes):
            x = lane * 3.4
            if lane == 0:
                for shift in (-0.16, 0.16):
                    self.ground(image, x + shift - 0.06, x + shift + 0.06, 3, _FAR, (84, 190, 232))
                continue
            for start in np.arange(4.0, 160.0, 9.0):
                self.ground(image, x - 0.07, x + 0.07, start, start + 4, (224, 224, 224))
        if look.has_crossing:
            for x in np.arange(-road + 0.4, road - 0.5, 0.95):
                self.ground(image, x, x + 0.5, 22, 25.5, (232, 232, 232))
            self.ground(image, 0.3, road, 20.2, 20.7, (232, 232, 232))

    def _houses(self, image: MatLike, side: float) -> None:
        front = side * (self.look.road + 5.5)
        plots = []
        start = 6.0
        while start < _FAR - 10:
            length = self.random.uniform(12, 26)
            plots.append((start, start + length))
            start += length + (self.random.uniform(5, 9) if self.random.random() < 0.25 else 0.4)
        for near, far in reversed(plots):
            wall = self.look.walls[int(self.random.integers(len(self.look.walls)))]
            floors = int(self.random.integers(self.look.floors[0], self.look.floors[1] + 1))
            self._house(image, side, front, near, far, floors, wall)

    def _house(
        self, image: MatLike, side: float, front: float, near: float, far: float,
        floors: int, wall: Colour,
    ) -> None:  # fmt: skip
        height, back = floors * 3.1 + 1.2, front + side * 14
        end = [(front, near, 0), (back, near, 0), (back, near, height), (front, near, height)]
        self.quad(image, np.array(end, float), _times(wall, 0.78 if side > 0 else 0.9))
        for strip in _split(near, far, 6):
            self._facade(
                image, front, strip, (0.0, height), _times(wall, 1.0 if side > 0 else 0.86)
            )
        self._facade(image, front, (near, far), (height - 0.5, height), _times(wall, 0.7))
        for floor in range(floors):
            low = floor * 3.1 + (1.1 if floor else 0.5)
            for left, right in _split(near + 0.8, far - 0.8, 3.0):
                if floor == 0:
                    shop = _times(_SIGNS[int(self.random.integers(len(_SIGNS)))], 0.95)
                    self._facade(image, front, (left + 0.2, right - 0.2), (2.75, 3.35), shop,
                                 self.look.is_dusk)  # fmt: skip
                glow = self.look.is_dusk and self.random.random() < (0.8 if floor == 0 else 0.45)
                pane = (132.0, 206.0, 250.0) if glow else (122.0, 104.0, 88.0)
                pane = _times(pane, self.random.uniform(0.75, 1.0))
                high = low + (1.7 if floor else 2.0)
                self._facade(image, front, (left + 0.55, right - 0.55), (low, high), pane, glow)

    def _facade(
        self, image: MatLike, x: float, along: tuple[float, float], up: tuple[float, float],
        colour: Colour, lit: bool = False,
    ) -> None:  # fmt: skip
        near, far = max(along[0], 3.0), along[1]
        corners = [(x, near, up[0]), (x, far, up[0]), (x, far, up[1]), (x, near, up[1])]
        self.quad(image, np.array(corners, float), colour, lit)

    def _mirror(self, image: MatLike) -> None:
        """Lay a weak, blurred reflection of the upper half over the road."""
        horizon = int(self.project(np.array([(0.0, 4000.0, self.look.height)]))[0, 1])
        rows = min(HEIGHT - horizon, horizon)
        if rows < 20:
            return
        road = self.look.road
        corners = [(-road, 3, 0), (road, 3, 0), (road, _FAR, 0), (-road, _FAR, 0)]
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        shape = np.rint(self.project(np.array(corners, float))[:, :2]).astype(np.int32)
        cv2.fillPoly(mask, [shape], 255)
        upside = cv2.GaussianBlur(image[horizon - rows : horizon][::-1], (9, 61), 0)
        share = (mask[horizon : horizon + rows, :, None] / 255) * 0.28
        part = image[horizon : horizon + rows]
        part[:] = part * (1 - share) + upside * share


_SIGNS: Final[tuple[Colour, ...]] = (
    (60, 60, 200), (150, 110, 40), (70, 140, 60), (50, 150, 220), (200, 200, 206), (120, 60, 120),
)  # fmt: skip


def _times(colour: Colour, factor: float) -> Colour:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _split(start: float, end: float, step: float) -> list[tuple[float, float]]:
    """Cut `start` .. `end` into equal parts of about `step`."""
    edges = np.linspace(start, end, max(1, round((end - start) / step)) + 1)
    return [(float(a), float(b)) for a, b in itertools.pairwise(edges)]
