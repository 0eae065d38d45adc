"""The rooms of an opened building: what colour each is, which one is under the pointer, their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.standing import founded
from mapdesk.layers.style import Colour, MapStyle, rgb
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.scene3d.viewpoint import Projection
from mapdesk.services.card_links import unit_title
from mapdesk.services.insides import SLAB, Inside

UNKNOWN_USE = "#b8bcc0"
FADED = 0.5
"""How far the rooms of floors that are not looked at fade into the floor."""
FLOOR_TEXT, ROOM_TEXT = 12, 11
"""Pixels of the letters of labels."""


@dataclass(frozen=True)
class Step:
    """A floor of an opened building, as something to be picked."""

    floor: int


@dataclass(frozen=True)
class OpenBuilding:
    """An opened building as it stands on the map now.

    Parameters
    ----------
    inside : Inside
    heights : ndarray of float
        Of the foot of each floor, metres.
    floor : int or None
        Position of the floor looked at.
    room : str or None
        Id of the unit pointed out.
    counts : mapping or None
        How many people each unit has; None while no purpose is in force.
    """

    inside: Inside
    heights: NDArray[np.float64]
    floor: int | None = None
    room: str | None = None
    counts: Mapping[str, int] | None = None

    def words(self, unit: Mapping[str, Any]) -> str:
        """Return what a unit is: where, its use, its area and how many live there."""
        said = [unit_title(dict(unit)), tr(str(unit["use"])) if unit["use"] else ""]
        if unit["area"]:
            said.append(f"{unit['area']:.0f} m²")
        if self.counts is not None:
            said.append(tr("{count} people", count=self.counts.get(str(unit["id"]), 0)))
        return " · ".join(one for one in said if one)

    def colours(self, style: MapStyle) -> list[Colour]:
        """Return the colours (n, 3) of each floor's mesh: of the floor itself, then of its rooms."""
        plate = plate_colour(style)
        found = []
        for number, rooms in enumerate(self.inside.rooms):
            uses = [style.unit_use.get(str(room.unit["use"]), UNKNOWN_USE) for room in rooms]
            paint = np.array([plate, *map(rgb, uses)], float)
            if self.floor is not None and number != self.floor:
                paint += (plate - paint) * FADED
            found.append((paint + 0.5).astype(np.uint8))
        return found


def plate_colour(style: MapStyle) -> Colour:
    """Return the colour of a floor: paper in the light theme, slate in the dark."""
    land, light = style.colour("land").astype(float), np.array([255.0, 255.0, 255.0])
    part = 0.7 if style.theme == "light" else 0.16
    return np.asarray(land + (light - land) * part, np.uint8)


class RoomPicker:
    """Finds the room or floor of an opened building under a pixel."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._what: list[tuple[int, int | None]] = []
        outlines = []
        for floor, rooms in enumerate(inside.rooms):
            for at, room in enumerate(rooms):
                self._what.append((floor, at))
                outlines.append(room.outline)
            self._what.append((floor, None))
            outlines.append(inside.footprint)
        self._floors = np.array([floor for floor, _at in self._what], int)
        self._is_room = np.array([at is not None for _floor, at in self._what])
        nothing = np.zeros(len(outlines))
        self._picker = PrismPicker.of(np.array(outlines, object), nothing, nothing)

    def at(
        self, projection: Projection, px: float, py: float, heights: NDArray[np.float64]
    ) -> tuple[int, int | None] | None:
        """Return (floor, room) under a pixel, positions both; the room is None on bare floor."""
        foot = heights[self._floors] + ground_of(projection, self._inside)
        tall = np.where(self._is_room, SLAB + self._inside.room_height, SLAB)
        picker = replace(self._picker, base=foot, top=foot + tall)
        eye, direction = projection.ray(px, py)
        hit = picker.hit(eye, eye + direction * projection.viewpoint.clipping[1])
        return None if hit is None else self._what[hit[0]]


def ground_of(projection: Projection, inside: Inside) -> float:
    """Return the height that those of a building's floors are counted from, metres."""
    if projection.terrain is None:
        return 0.0
    footprint = np.array([inside.footprint], object)
    return float(founded(projection.terrain, footprint, [inside.top]).ground[0])


def in_words(open_: OpenBuilding, floor: int, at: int | None) -> tuple[object, str]:
    """Return what is under the pointer in an opened building, and what it is called."""
    if at is None:
        return Step(floor), floor_text(open_.inside.floors[floor])
    unit = open_.inside.rooms[floor][at].unit
    return Ref("unit", str(unit["id"])), open_.words(unit)


# -------------------------------------------------------------------- painting


def paint_open(
    painter: QPainter, projection: Projection, style: MapStyle, open_: OpenBuilding
) -> None:
    """Paint the labels of floors and rooms, and what the colours mean."""
    painter.save()
    if open_.floor is not None:
        _rooms(painter, projection, style, open_, open_.floor)
    _floors(painter, projection, style, open_)
    _legend(painter, style, open_)
    painter.restore()


def _rooms(
    painter: QPainter, projection: Projection, style: MapStyle, open_: OpenBuilding, floor: int
) -> None:
    font = _font(painter, ROOM_TEXT, bold=False)
    metrics = QFontMetricsF(font)
    top = float(open_.heights[floor]) + SLAB + open_.inside.room_height
    top += ground_of(projection, open_.inside)
    for room in open_.inside.rooms[floor]:
        ring = shapely.get_coordinates(room.outline)
        pixels, _depth = projection.project(ring, top)
        if np.isnan(pixels).any():
            continue
        chosen = room.id == open_.room
        if chosen:
            _ring(painter, projection, style, room.outline, top)
        number = open_.inside.number_of(room)
        count = 0 if open_.counts is None else open_.counts.get(room.id, 0)
        width, height = np.ptp(pixels, axis=0)
        texts = (f"{number} · {count}" if count else number, number)
        text = next((one for one in texts if metrics.horizontalAdvance(one) <= 0.8 * width), "")
        if not text or height < ROOM_TEXT:
            continue
        middle = shapely.centroid(room.outline)
        if not shapely.contains(room.outline, middle):
            middle = shapely.point_on_surface(room.outline)
        place, _depth = projection.project(shapely.get_coordinates(middle), top)
        ink = rgb(_colour_of(style, room.unit))
        painter.setPen(QColor("#14191e" if _luminance(ink) > 0.18 else "#ffffff"))
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 4, metrics.height())
        box.moveCenter(QPointF(*place[0]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _ring(
    painter: QPainter,
    projection: Projection,
    style: MapStyle,
    outline: shapely.Geometry,
    height: float,
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in (("label", 5.0), ("highlight", 2.8)):
        pen = QPen(QColor(style.plain[colour]), width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for part in shapely.get_parts(outline):
            pixels, _depth = projection.project(shapely.get_coordinates(part.exterior), height)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in pixels.tolist()]))


def _floors(
    painter: QPainter, projection: Projection, style: MapStyle, open_: OpenBuilding
) -> None:
    """Paint each floor's number beside its leftmost corner; where there is no room, some only."""
    places = _left_ends(projection, open_)
    taken: list[QRectF] = []
    # The floor looked at first, then the lowest and highest, then every one that finds room.
    ends = {0, len(open_.heights) - 1}
    order = sorted(places, key=lambda one: (one[0] != open_.floor, one[0] not in ends))
    for floor, (x, y) in order:
        text = floor_text(open_.inside.floors[floor])
        box = QRectF(x - 50, y - 9, 42, 18)
        if any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        _pill(painter, style, box, text, current=floor == open_.floor)


def _left_ends(
    projection: Projection, open_: OpenBuilding
) -> list[tuple[int, tuple[float, float]]]:
    """Return the pixel of the leftmost corner of each floor in sight of the eye, with its position."""
    corners = shapely.get_coordinates(open_.inside.footprint)
    count = len(open_.heights)
    everywhere = np.tile(corners, (count, 1))
    heights = open_.heights + ground_of(projection, open_.inside)
    pixels, _depth = projection.project(everywhere, np.repeat(heights, len(corners)))
    by_floor = pixels.reshape(count, len(corners), 2)
    behind = np.isnan(by_floor.reshape(count, -1)).sum(axis=1) > 0
    left = np.argmin(np.where(behind[:, None], 0.0, by_floor[..., 0]), axis=1)
    found = by_floor[np.arange(count), left]
    return [(floor, (x, y)) for floor, (x, y) in enumerate(found.tolist()) if not behind[floor]]


def _pill(painter: QPainter, style: MapStyle, box: QRectF, text: str, *, current: bool) -> None:
    font = _font(painter, FLOOR_TEXT, bold=current)
    width = QFontMetricsF(font).horizontalAdvance(text) + 12
    shape = QRectF(box.right() - width, box.y(), width, box.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.plain["highlight" if current else "halo"]))
    painter.drawRoundedRect(shape, 9, 9)
    painter.setPen(QColor("#14191e" if current else style.plain["label"]))
    painter.drawText(shape, Qt.AlignmentFlag.AlignCenter, text)


def _legend(painter: QPainter, style: MapStyle, open_: OpenBuilding) -> None:
    """Paint the building's name and how many units there are of each use."""
    uses = Counter(str(room.unit["use"] or "") for rooms in open_.inside.rooms for room in rooms)
    known = [use for use in style.unit_use if use in uses]
    lines = [(tr(use), style.unit_use[use], uses[use]) for use in known]
    rest = sum(count for use, count in uses.items() if use not in style.unit_use)
    if rest:
        lines.append((tr("not known"), UNKNOWN_USE, rest))
    title = open_.inside.title
    note = "" if uses else tr("No units are known of this building.")
    bold = QFontMetricsF(_font(painter, 14, bold=True))
    plain = QFontMetricsF(_font(painter, 12, bold=False))
    widths = [bold.horizontalAdvance(title), plain.horizontalAdvance(note)]
    widths += [plain.horizontalAdvance(f"{name}  {count:,}") + 20 for name, _colour, count in lines]
    box = QRectF(12, 12, max(widths) + 24, 34 + 19 * (len(lines) + bool(note)))
    plate = QColor(style.plain["halo"])
    plate.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(box, 6, 6)
    ink = QColor(style.plain["label"])
    _font(painter, 14, bold=True)
    painter.setPen(ink)
    painter.drawText(QPointF(box.x() + 12, box.y() + 22), title)
    _font(painter, 12, bold=False)
    y = box.y() + 43
    for name, colour, count in lines:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(box.x() + 12, y - 10, 12, 12), 3, 3)
        painter.setPen(ink)
        painter.drawText(QPointF(box.x() + 32, y), f"{name}  {count:,}")
        y += 19
    if note:
        painter.setPen(ink)
        painter.drawText(QPointF(box.x() + 12, y), note)


def floor_text(number: int) -> str:
    """Return what a floor is called: "12F", as in the unit matrix."""
    return f"{number}F"


def _colour_of(style: MapStyle, unit: Mapping[str, Any]) -> str:
    return style.unit_use.get(str(unit["use"]), UNKNOWN_USE)


def _luminance(colour: Colour) -> float:
    """Return relative luminance (WCAG 2.2), 0 to 1."""
    part = colour.astype(float) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _font(painter: QPainter, pixels: int, *, bold: bool) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    painter.setFont(font)
    return font
