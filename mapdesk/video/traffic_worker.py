"""What moves in a generated street, and its trees and lamps. Runs in clip workers alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from mapdesk.video.street_worker import HEIGHT, WIDTH, Colour, Street

_LENGTH: Final = 150.0
"""Metres after which traffic comes round again; far enough for the haze to hide it."""

_CARS: Final[tuple[Colour, ...]] = (
    (236, 236, 236), (60, 58, 56), (150, 90, 40), (50, 50, 190), (180, 182, 184), (40, 140, 220),
    (96, 120, 60),
)  # fmt: skip
_CLOTHES: Final[tuple[Colour, ...]] = (
    (60, 60, 180), (160, 110, 60), (60, 130, 70), (50, 160, 220), (90, 70, 110), (190, 190, 190),
)  # fmt: skip
_SKIN: Final[Colour] = (140, 172, 214)
_DARK: Final[Colour] = (44, 40, 38)
_PANE: Final[Colour] = (84, 74, 66)

#: Metres beyond which wheels and panes are smaller than a pixel of the clip.
_DETAIL: Final = 70.0


@dataclass(frozen=True, slots=True)
class Actor:
    """Something in the street.

    Parameters
    ----------
    kind : str
        What it is.
    x, y : float
        Metres at the start.
    speed_x, speed_y : float
        Metres a second; y comes round after the street's length, x after `span`.
    colour : Colour
        Of its body.
    size : float
        Factor on its dimensions.
    span : float
        Metres walked to and fro across the road, 0 for those who go along it.
    """

    kind: Literal["car", "van", "cyclist", "walker", "tree", "lamp"]
    x: float
    y: float
    speed_x: float = 0.0
    speed_y: float = 0.0
    colour: Colour = (0.0, 0.0, 0.0)
    size: float = 1.0
    span: float = 0.0

    def place(self, seconds: float) -> tuple[float, float]:
        """Return x and y in metres at a time."""
        y = (self.y + self.speed_y * seconds) % _LENGTH + 4.0 if self.speed_y else self.y
        if not self.span:
            return self.x, y
        walked = (self.x + self.span / 2 + self.speed_x * seconds) % (2 * self.span)
        return (walked if walked < self.span else 2 * self.span - walked) - self.span / 2, y


def populate(street: Street) -> list[Actor]:
    """Return the street's trees, lamps and traffic, drawn from its random numbers."""
    random, look = street.random, street.look
    actors: list[Actor] = []
    for side in (-1.0, 1.0):
        for number, y in enumerate(np.arange(13.0, 150.0, 11.0)):
            x = side * (look.road + 1.0)
            if number % 2:
                green = (56 + random.uniform(0, 20), 120 + random.uniform(0, 36), 74.0)
                actors.append(Actor("tree", x, y, colour=green, size=random.uniform(0.8, 1.15)))
            else:
                actors.append(Actor("lamp", x, y, size=-side))
        for lane in range(look.lanes):
            speed = -side * random.uniform(7.5, 11.0) * -1.0
            y = random.uniform(0, 20)
            while y < _LENGTH - 12:
                kind: Literal["car", "van"] = "van" if random.random() < 0.18 else "car"
                colour = _CARS[int(random.integers(len(_CARS)))]
                actors.append(Actor(kind, side * (1.8 + lane * 3.4), y, 0.0, speed, colour))
                y += random.uniform(16, 42)
        for _ in range(4):
            colour = _CLOTHES[int(random.integers(len(_CLOTHES)))]
            actors.append(
                Actor("cyclist", side * (look.road - 0.75), random.uniform(0, _LENGTH), 0.0,
                      side * random.uniform(3.2, 4.8), colour)
            )  # fmt: skip
        for _ in range(9):
            colour = _CLOTHES[int(random.integers(len(_CLOTHES)))]
            actors.append(
                Actor("walker", side * (look.road + random.uniform(1.8, 4.2)),
                      random.uniform(0, 100), 0.0, random.choice((-1, 1)) * random.uniform(1, 1.6),
                      colour, random.uniform(0.92, 1.06))
            )  # fmt: skip
    if look.has_crossing:
        for _ in range(4):
            colour = _CLOTHES[int(random.integers(len(_CLOTHES)))]
            actors.append(
                Actor("walker", random.uniform(-6, 6), random.uniform(22.4, 25.2),
                      random.uniform(1.1, 1.5), 0.0, colour, 1.0, 2 * look.road + 5)
            )  # fmt: skip
    return actors


def draw_actors(street: Street, image: MatLike, actors: list[Actor], seconds: float) -> None:
    """Draw all actors as they are at a time, the far ones first."""
    placed = [(actor, *actor.place(seconds)) for actor in actors]
    placed.sort(key=lambda one: -one[2])
    lights: list[tuple[float, float, float, Colour]] = []
    for actor, x, y in placed:
        match actor.kind:
            case "car" | "van":
                _draw_car(street, image, actor, x, y, lights)
            case "cyclist":
                _draw_person(street, image, actor, x, y, seconds, on_wheels=True)
            case "walker":
                _draw_person(street, image, actor, x, y, seconds, on_wheels=False)
            case "tree":
                _draw_tree(street, image, actor, x, y)
            case "lamp":
                _draw_lamp(street, image, actor, x, y, lights)
    if street.look.is_dusk:
        for across, down, radius, colour in lights:
            _glow(image, across, down, radius, colour)


def _draw_car(
    street: Street, image: MatLike, actor: Actor, x: float, y: float,
    lights: list[tuple[float, float, float, Colour]],
) -> None:  # fmt: skip
    is_van = actor.kind == "van"
    half, length, top = (1.0, 5.4, 2.3) if is_van else (0.9, 4.4, 1.45)
    waist = 1.15 if is_van else 0.88
    away = actor.speed_y > 0
    near, far = y - length / 2, y + length / 2
    _ground_shadow(street, image, x, y, half + 0.15, length / 2 + 0.2)
    if y < _DETAIL:
        wall = x + math.copysign(half, street.look.offset - x)
        for wheel in (far - 0.9, near + 0.9):
            corners = [(wall, wheel - 0.33, 0), (wall, wheel + 0.33, 0),
                       (wall, wheel + 0.33, 0.5), (wall, wheel - 0.33, 0.5)]  # fmt: skip
            street.quad(image, np.array(corners, float), _DARK)
    _box(street, image, (x, y, 0.3), (half, length / 2, waist - 0.3), actor.colour)
    back = 0.1 if is_van else 0.75
    rear, nose = (near + back, far - 1.4) if away else (near + 1.4, far - back)
    _box(street, image, (x, (rear + nose) / 2, waist),
         (half - 0.12, (nose - rear) / 2, top - waist), actor.colour, glass=True)  # fmt: skip
    lamp: Colour = (40.0, 40.0, 210.0) if away else (215.0, 245.0, 255.0)
    for side in (-1, 1):
        left = x + side * (half - 0.22)
        corners = [(left - 0.17, near, 0.6), (left + 0.17, near, 0.6),
                   (left + 0.17, near, 0.78), (left - 0.17, near, 0.78)]  # fmt: skip
        street.quad(image, np.array(corners, float), lamp, street.look.is_dusk)
        seen = street.project(np.array([(left, near, 0.69)]))[0]
        if seen[2] > 4:
            reach = street.scale(seen[2]) * (0.45 if away else 0.9)
            lights.append((float(seen[0]), float(seen[1]), reach, lamp))


def _box(
    street: Street, image: MatLike, centre: tuple[float, float, float],
    half: tuple[float, float, float], colour: Colour, glass: bool = False,
) -> None:  # fmt: skip
    """Draw the three visible faces of a box that stands on `centre`; `half` has its full height."""
    x, y, low = centre
    left, right, near, far, high = x - half[0], x + half[0], y - half[1], y + half[1], low + half[2]
    seen = street.project(np.array([
        (left, near, low), (right, near, low), (right, near, high), (left, near, high),
        (left, far, low), (right, far, low), (right, far, high), (left, far, high),
    ]))  # fmt: skip
    if seen[:, 2].min() < 0.6:
        return
    depth = float(seen[0, 2])
    side = (1, 5, 6, 2) if x < street.look.offset else (0, 4, 7, 3)
    for corners, shade, may_be_glass in (
        (side, 0.78, True), ((0, 1, 2, 3), 0.9, True), ((3, 2, 6, 7), 1.08, False)
    ):  # fmt: skip
        shape = seen[corners, :2]
        _fill(image, shape, street.hazed(_shaded(colour, shade), depth))
        if glass and may_be_glass and y < _DETAIL:
            middle = shape.mean(axis=0)
            pane = street.hazed(_shaded(_PANE, shade), depth)
            _fill(image, middle + (shape - middle) * 0.8, pane)


def _fill(image: MatLike, shape: NDArray[np.float64], colour: Colour) -> None:
    cv2.fillConvexPoly(image, np.rint(shape).astype(np.int32), colour)


def _draw_person(
    street: Street,
    image: MatLike,
    actor: Actor,
    x: float,
    y: float,
    seconds: float,
    on_wheels: bool,
) -> None:
    foot, head = street.project(np.array([(x, y, 0.0), (x, y, 1.72 * actor.size)]))
    if foot[2] < 5 or not (-60 < foot[0] < WIDTH + 60):
        return
    metre, depth = street.scale(foot[2]), float(foot[2])
    _ground_shadow(street, image, x, y, 0.32, 0.9 if on_wheels else 0.32)
    body = street.hazed(actor.colour, depth)
    dark, skin = street.hazed(_DARK, depth), street.hazed(_SKIN, depth)
    thick = max(1, round(metre * 0.13))
    across, ground, top = float(foot[0]), float(foot[1]), float(head[1])
    tall = ground - top
    phase = seconds * 7.0 + actor.x * 3 + actor.y
    hip = (round(across), round(ground - tall * 0.5))
    if on_wheels:
        radius = max(1, round(metre * 0.33))
        cv2.ellipse(image, (round(across), round(ground - radius)),
                    (max(1, radius // 3), radius), 0, 0, 360, dark, max(1, thick // 2))  # fmt: skip
        hip = (round(across), round(ground - tall * 0.55))
        for side in (-1, 1):
            lift = math.sin(phase) * side * 0.1
            end = (round(across + side * metre * 0.12), round(ground - tall * (0.22 + lift)))
            cv2.line(image, hip, end, dark, thick)
    else:
        for side in (-1, 1):
            swing = math.sin(phase) * side * metre * 0.24
            cv2.line(image, hip, (round(across + swing), round(ground)), dark, thick)
            hand = (round(across - swing * 0.9), round(ground - tall * 0.5))
            cv2.line(image, (round(across), round(ground - tall * 0.78)), hand, body, thick)
    cv2.ellipse(image, (round(across), round(ground - tall * 0.66)),
                (max(1, round(metre * 0.2)), max(1, round(tall * 0.19))), 0, 0, 360, body, -1)  # fmt: skip
    cv2.circle(image, (round(across), round(ground - tall * 0.92)),
               max(1, round(metre * 0.13)), skin, -1)  # fmt: skip


def _draw_tree(street: Street, image: MatLike, actor: Actor, x: float, y: float) -> None:
    foot, crown = street.project(np.array([(x, y, 0.0), (x, y, 4.3 * actor.size)]))
    if foot[2] < 5:
        return
    metre, depth = street.scale(foot[2]), float(foot[2])
    bark = street.hazed((52, 72, 92), depth)
    cv2.line(image, _pixel(foot), _pixel(crown), bark, max(1, round(metre * 0.24)))
    for shift, rise, radius, shade in (
        (0.0, 0.0, 1.5, 0.74), (-0.6, 0.5, 1.1, 0.88), (0.6, 0.4, 1.1, 0.9), (0.0, 1.1, 1.1, 1.06),
        (-0.35, 1.0, 0.5, 1.22),
    ):  # fmt: skip
        where = (round(crown[0] + shift * metre), round(crown[1] - rise * metre))
        leaves = street.hazed(_shaded(actor.colour, shade), depth)
        cv2.circle(image, where, max(1, round(radius * actor.size * metre)), leaves, -1)


def _draw_lamp(
    street: Street, image: MatLike, actor: Actor, x: float, y: float,
    lights: list[tuple[float, float, float, Colour]],
) -> None:  # fmt: skip
    reach = actor.size * 1.9
    foot, top, arm = street.project(np.array([(x, y, 0), (x, y, 7.4), (x + reach, y, 7.7)], float))
    if foot[2] < 5:
        return
    metre, depth = street.scale(foot[2]), float(foot[2])
    grey = street.hazed((110, 106, 102), depth)
    cv2.line(image, _pixel(foot), _pixel(top), grey, max(1, round(metre * 0.13)))
    cv2.line(image, _pixel(top), _pixel(arm), grey, max(1, round(metre * 0.1)))
    lamp: Colour = (150.0, 214.0, 255.0) if street.look.is_dusk else (214.0, 214.0, 214.0)
    cv2.circle(image, _pixel(arm), max(1, round(metre * 0.2)),
               street.hazed(lamp, depth, street.look.is_dusk), -1)  # fmt: skip
    lights.append((float(arm[0]), float(arm[1]), metre * 1.7, lamp))


def _ground_shadow(
    street: Street, image: MatLike, x: float, y: float, half_x: float, half_y: float
) -> None:
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = np.stack((x + 0.2 + half_x * np.cos(turn), y + half_y * np.sin(turn), 0 * turn), axis=1)
    street.quad(image, ring, (62, 60, 58))


def _glow(image: MatLike, across: float, down: float, radius: float, colour: Colour) -> None:
    """Add a soft light; small ones are left out."""
    reach = min(round(radius), 90)
    left, top = round(across) - reach, round(down) - reach
    if reach < 3 or left < 0 or top < 0 or left + 2 * reach > WIDTH or top + 2 * reach > HEIGHT:
        return
    part = image[top : top + 2 * reach, left : left + 2 * reach]
    fall = cv2.resize(_FALL, (2 * reach, 2 * reach))
    shares = [cv2.convertScaleAbs(fall, alpha=value / 255 * 0.7) for value in colour]
    cv2.add(part, cv2.merge(shares), dst=part)


def _falling_light() -> MatLike:
    steps = np.linspace(-1, 1, 64)
    far = np.minimum(1, np.hypot(steps[:, None], steps[None, :]))
    return (255 * (1 - far) ** 2).astype(np.uint8)


_FALL: Final = _falling_light()


def _shaded(colour: Colour, factor: float) -> Colour:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _pixel(seen: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(seen[0])), round(float(seen[1]))
